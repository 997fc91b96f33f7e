using ServerSessions.Stores.Mongo.Engine;

namespace ServerSessions.Stores.Mongo;

public sealed partial class MongoSessionStore
{
    // Ids of this many documents fit into a statement, however long they are.
    private const int MaxIds = 1000;

    /// <inheritdoc/>
    /// <value><see langword="true"/>: as often as <c>PruneInterval</c> says.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    /// <remarks>
    /// Removes documents whose <c>expires</c> is no date as well: nobody can read them, and the server's TTL monitor leaves them.
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

                        // Asked again while removing: one of them may have been written meanwhile.
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
