namespace ServerSessions.Stores.Postgres;

public sealed partial class PostgresSessionStore
{
    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: the store prunes at each <c>PruneInterval</c>.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ThrowIfDisposed();
        return _database.RunAsync(
            SessionStoreOperation.Prune,
            (Store: this, Batch: batch),
            static (table, connection, args, call) => table.PruneAsync(connection, args.Store.Now(), args.Batch, call.Stopping),
            cancellationToken
        );
    }
}
