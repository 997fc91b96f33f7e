using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Stores.Mongo.Statements;

namespace ServerSessions.Stores.Mongo.Schema;

/// <summary>Checks whether the collection can hold sessions, and creates its TTL index.</summary>
internal sealed class CollectionSchema(MongoErrors errors, string collectionName, bool createIndex)
{
    // The name that MongoDB gives by default, as in connect-mongo.
    private const string IndexName = "expires_1";

    private const int Unauthorized = 13;
    private const int CannotCreateIndex = 67;
    private const int IndexOptionsConflict = 85;
    private const int IndexKeySpecsConflict = 86;

    /// <returns>Whether an index with other options exists.</returns>
    public async Task<bool> PrepareAsync(IMongoCollection<BsonDocument> collection, CancellationToken cancellationToken)
    {
        await CheckAsync(collection.Database, cancellationToken).ConfigureAwait(false);
        return createIndex && !await TryCreateIndexAsync(collection, cancellationToken).ConfigureAwait(false);
    }

    private async Task CheckAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        BsonDocument? found;
        try
        {
            var filter = new BsonDocument("name", new BsonDocument("$eq", collectionName));
            using var cursor = await database
                .ListCollectionsAsync(new ListCollectionsOptions { Filter = filter }, cancellationToken)
                .ConfigureAwait(false);
            found = await cursor.FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MongoCommandException error) when (error.Code == Unauthorized)
        {
            // A user without the right to list may still read and write.
            return;
        }

        if (found is null)
        {
            return;
        }

        var type = found.GetValue("type", "collection").AsString;
        var options = found.GetValue("options", new BsonDocument()).AsBsonDocument;
        if (type != "collection")
        {
            throw errors.Unusable($"it is a {type}, not a plain collection. Choose another CollectionName.");
        }

        if (options.GetValue("capped", false).ToBoolean())
        {
            throw errors.Unusable("it is capped: the server would drop live sessions for new ones. Choose another CollectionName.");
        }

        if (options.GetValue("collation", new BsonDocument()).AsBsonDocument.GetValue("locale", "simple").AsString != "simple")
        {
            throw errors.Unusable("it has a collation, which can make two session ids equal. Choose another CollectionName.");
        }
    }

    /// <returns>Whether the index exists with the right options.</returns>
    private async Task<bool> TryCreateIndexAsync(IMongoCollection<BsonDocument> collection, CancellationToken cancellationToken)
    {
        var index = new CreateIndexModel<BsonDocument>(
            new BsonDocument(SessionFilters.Expires, 1),
            new CreateIndexOptions { Name = IndexName, ExpireAfter = TimeSpan.Zero }
        );
        try
        {
            await collection.Indexes.CreateOneAsync(index, null, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (MongoCommandException error) when (error.Code is IndexOptionsConflict or IndexKeySpecsConflict)
        {
            return false;
        }
        catch (MongoCommandException error) when (error.Code is CannotCreateIndex)
        {
            throw errors.Unusable(
                "the server refuses a TTL index on its field 'expires', as some services with MongoDB's protocol do. Set "
                    + "CreateIndex = false and a PruneInterval: the store then removes expired sessions."
            );
        }
    }
}
