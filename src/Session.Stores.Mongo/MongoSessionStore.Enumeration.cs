using System.Runtime.CompilerServices;
using MongoDB.Bson;
using ServerSessions.Stores.Mongo.Engine;

namespace ServerSessions.Stores.Mongo;

public sealed partial class MongoSessionStore
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var after = "";
        var unreadable = 0;
        while (true)
        {
            ThrowIfDisposed();

            // Pages by id instead of a cursor, which the server closes after ten idle minutes.
            var page = await _connection
                .RunAsync(
                    SessionStoreOperation.All,
                    (After: after, Now: Now()),
                    static (collection, call, token) => collection.PageAsync(call.After, call.Now, token),
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (page.Count == 0)
            {
                break;
            }

            foreach (var document in page)
            {
                using (document)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    after = document.GetValue(SessionFilters.Id, BsonNull.Value) is BsonString id
                        ? id.Value
                        : throw _connection.Failures.From(
                            new UnreadableSessionException("the server returned a document whose id is not a string"),
                            SessionStoreOperation.All
                        );
                    if (TryRead(document) is not { } record)
                    {
                        unreadable++;
                    }
                    else if (record.Expires > _timeProvider.GetUtcNow())
                    {
                        // Otherwise it expired while the caller processed earlier entries.
                        yield return new SessionEntry(after, record);
                    }
                }
            }
        }

        if (unreadable > 0)
        {
            Log.UnreadableDocuments(_logger, unreadable, _connection.Description);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _connection.RunAsync(
            SessionStoreOperation.Length,
            Now(),
            static (collection, now, token) => collection.CountAsync(now, token),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        int found;
        do
        {
            ThrowIfDisposed();

            // In pieces, so that each finishes within the operation timeout.
            found = await _connection
                .RunAsync(
                    SessionStoreOperation.Clear,
                    0,
                    static async (collection, _, token) =>
                    {
                        var ids = await collection.FindIdsAsync([], MaxIds, token).ConfigureAwait(false);
                        if (ids.Count > 0)
                        {
                            await collection.DeleteAsync(SessionFilters.Among(ids), token).ConfigureAwait(false);
                        }

                        return ids.Count;
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        } while (found > 0);
    }

    private SessionRecord? TryRead(RawBsonDocument document)
    {
        try
        {
            return _mapping.ToRecord(document);
        }
        catch (UnreadableSessionException)
        {
            return null;
        }
    }
}
