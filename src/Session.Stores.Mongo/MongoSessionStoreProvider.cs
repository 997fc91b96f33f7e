using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Mongo.Engine;

namespace ServerSessions.Stores.Mongo;

/// <summary>
/// <c>mongodb://…</c> and <c>mongodb+srv://…</c>: MongoDB's own connection strings, which are URLs already. The path names the database
/// (<see cref="MongoSessionStoreOptions.DefaultDatabaseName"/> where there is none); the collection is
/// <see cref="MongoSessionStoreOptions.DefaultCollectionName"/>.
/// </summary>
public sealed class MongoSessionStoreProvider : SessionStoreProvider
{
    /// <inheritdoc/>
    public override string Name => "mongo";

    /// <inheritdoc/>
    public override IReadOnlyList<string> UrlPrefixes => ["mongodb://", "mongodb+srv://"];

    /// <inheritdoc/>
    public override string? ExampleConnectionString => "mongodb://localhost:27017/app";

    /// <inheritdoc/>
    public override void AddStore(IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);
        if (!MongoLocation.TryParse(url, out _, out var error))
        {
            throw new ArgumentException($"The URL of a MongoDB store {error}", nameof(url));
        }

        builder.AddMongoStore(url);
    }

    /// <inheritdoc/>
    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) =>
        builder.AddMongoStore(connectionString);
}
