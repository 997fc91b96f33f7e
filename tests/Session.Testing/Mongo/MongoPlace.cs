using MongoDB.Driver;

namespace ServerSessions.Testing;

/// <summary>A database that one test has to itself, empty at first and dropped at the end.</summary>
public sealed class MongoPlace : IAsyncDisposable
{
    internal MongoPlace(MongoUrl server)
    {
        DatabaseName = "test_" + RandomName.New();
        ConnectionString = new MongoUrlBuilder(server.Url)
        {
            DatabaseName = DatabaseName,
            // Without it the user is looked for in the database of the URL, which is new.
            AuthenticationSource = server.AuthenticationSource ?? (server.Username is null ? null : server.DatabaseName ?? "admin"),
        }.ToString();
    }

    /// <summary>As <c>mongodb://</c>, with the database.</summary>
    public string ConnectionString { get; }

    /// <summary>The database's name.</summary>
    public string DatabaseName { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var client = new MongoClient(ConnectionString);
        await client.DropDatabaseAsync(DatabaseName);
    }
}
