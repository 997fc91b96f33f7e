using ServerSessions.Stores.Mongo.Engine;

namespace ServerSessions.Stores.Mongo;

public sealed partial class MongoSessionStore
{
    // The ids of this many documents fit into one statement.
    private const int MaxIds = 1000;

    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: the store prunes at each <see cref="MongoSessionStoreOptions.PruneInterval"/>.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    /// <remarks>
    /// Also removes documents whose <c>expires</c> is not a date: no client can read them, and the server's TTL monitor keeps them.
    /// </remarks>
    public async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var removed = 0;
        bool more;
        do
        {
            ThrowIfDisposed();
            var chunk = Math.Min(batch - removed, MaxIds);
            var found = await _connection
                .RunAsync(
                    SessionStoreOperation.Prune,
                    (Now: Now(), Chunk: chunk),
                    static async (collection, call, token) =>
                    {
                        var dead = SessionFilters.Dead(call.Now);
                        var ids = await collection.FindIdsAsync(dead, call.Chunk, token).ConfigureAwait(false);

                        // The filter applies again: one of them may have been written meanwhile.
                        return ids.Count == 0
                            ? (Found: 0, Removed: 0)
                            : (
                                Found: ids.Count,
                                Removed: await collection.DeleteAsync(SessionFilters.Among(ids).AddRange(dead), token).ConfigureAwait(false)
                            );
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            removed += found.Removed;
            more = found.Found == chunk && found.Removed > 0;
        } while (more && removed < batch);
        return removed;
    }
}
