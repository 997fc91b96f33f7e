using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Mongo.Connection;

namespace ServerSessions.Stores.Mongo;

/// <summary>
/// Creates the MongoDB store from MongoDB's own connection strings, <c>mongodb://…</c> and <c>mongodb+srv://…</c>. The path names the
/// database (default <see cref="MongoSessionStoreOptions.DefaultDatabaseName"/>); the collection is <see
/// cref="MongoSessionStoreOptions.DefaultCollectionName"/>.
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
