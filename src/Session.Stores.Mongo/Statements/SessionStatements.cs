using MongoDB.Bson;
using MongoDB.Driver;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>The statements on the collection, each one round trip.</summary>
internal sealed class SessionStatements(IMongoCollection<BsonDocument> collection)
{
    /// <summary>Documents in one page of a listing. The server cuts a page at 16 MB.</summary>
    private const int PageSize = 250;

    private static readonly UpdateOptions Upsert = new() { IsUpsert = true };

    private static readonly BsonDocument SessionFields = new() { { SessionFilters.Session, 1 }, { SessionFilters.Expires, 1 } };

    private static readonly FindOneAndUpdateOptions<BsonDocument, RawBsonDocument> Updated = new()
    {
        Projection = SessionFields,
        ReturnDocument = ReturnDocument.After,
    };

    /// <summary>Raw, so that one invalid document does not fail its whole page.</summary>
    public async Task<RawBsonDocument?> FindAsync(string sid, BsonDateTime now, CancellationToken cancellationToken) =>
        (
            await ListAsync<RawBsonDocument>(SessionFilters.Alive(sid, now), SessionFields, null, 1, cancellationToken)
                .ConfigureAwait(false)
        ).FirstOrDefault();

    public Task<List<RawBsonDocument>> PageAsync(string after, BsonDateTime now, CancellationToken cancellationToken) =>
        ListAsync<RawBsonDocument>(
            SessionFilters.AliveAfter(after, now),
            SessionFields,
            new BsonDocument(SessionFilters.Id, 1),
            PageSize,
            cancellationToken
        );

    /// <summary>Returns the expiry of a live session, without its content.</summary>
    /// <returns><see langword="null"/> if the session is absent; BSON null if it has no expiry.</returns>
    public async Task<BsonValue?> FindExpiryAsync(string sid, BsonDateTime now, CancellationToken cancellationToken)
    {
        var found = await ListAsync<BsonDocument>(
                SessionFilters.Alive(sid, now),
                new BsonDocument(SessionFilters.Expires, 1),
                null,
                1,
                cancellationToken
            )
            .ConfigureAwait(false);
        return found.Count == 0 ? null : found[0].GetValue(SessionFilters.Expires, BsonNull.Value);
    }

    /// <summary>
    /// Updates the matching document, or inserts one. Of two concurrent upserts of one new id, the server fails one.
    /// </summary>
    /// <returns>
    /// Whether the document was written. If not, there is one that the filter does not match, or another call was faster.
    /// </returns>
    public async Task<bool> TryUpsertAsync(BsonDocument filter, BsonDocument fields, CancellationToken cancellationToken)
    {
        try
        {
            await collection.UpdateOneAsync(filter, Set(fields), Upsert, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (MongoWriteException error) when (error.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return false;
        }
    }

    /// <returns>Whether a document matched the filter and was updated.</returns>
    public async Task<bool> TryUpdateAsync(BsonDocument filter, BsonDocument fields, CancellationToken cancellationToken)
    {
        var result = await collection.UpdateOneAsync(filter, Set(fields), null, cancellationToken).ConfigureAwait(false);
        return result.MatchedCount > 0;
    }

    /// <returns>The matching document after the update.</returns>
    public async Task<RawBsonDocument?> FindAndUpdateAsync(BsonDocument filter, BsonDocument fields, CancellationToken cancellationToken) =>
        await collection.FindOneAndUpdateAsync(filter, Set(fields), Updated, cancellationToken).ConfigureAwait(false);

    /// <returns>Whether a document matched the filter and was removed.</returns>
    public async Task<bool> TryDeleteAsync(BsonDocument filter, CancellationToken cancellationToken) =>
        (await collection.DeleteOneAsync(filter, cancellationToken).ConfigureAwait(false)).DeletedCount > 0;

    public Task<long> CountAsync(BsonDateTime now, CancellationToken cancellationToken) =>
        collection.CountDocumentsAsync(SessionFilters.Alive(now), null, cancellationToken);

    /// <summary>Returns the ids, of any type, of matching documents, up to a limit.</summary>
    public async Task<List<BsonValue>> FindIdsAsync(BsonDocument filter, int limit, CancellationToken cancellationToken)
    {
        var found = await ListAsync<BsonDocument>(filter, new BsonDocument(SessionFilters.Id, 1), null, limit, cancellationToken)
            .ConfigureAwait(false);
        return found.ConvertAll(static document => document[SessionFilters.Id]);
    }

    public async Task<int> DeleteAsync(BsonDocument filter, CancellationToken cancellationToken) =>
        (int)(await collection.DeleteManyAsync(filter, cancellationToken).ConfigureAwait(false)).DeletedCount;

    private static BsonDocument Set(BsonDocument fields) => new("$set", fields);

    /// <summary>Reads one batch and leaves no cursor open. The server may cut it at 16 MB.</summary>
    private async Task<List<T>> ListAsync<T>(
        BsonDocument filter,
        BsonDocument fields,
        BsonDocument? sort,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // A negative limit requests a single batch, of 101 documents unless the size is set too.
        var options = new FindOptions<BsonDocument, T>
        {
            Projection = fields,
            Limit = -limit,
            BatchSize = limit,
        };
        if (sort is not null)
        {
            options.Sort = sort;
        }

        using var cursor = await collection.FindAsync(filter, options, cancellationToken).ConfigureAwait(false);
        return await cursor.ToListAsync(cancellationToken).ConfigureAwait(false);
    }
}
