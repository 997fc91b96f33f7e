namespace Session.Stores.Sqlite;

public sealed partial class SqliteSessionStore
{
    /// <inheritdoc/>
    public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ThrowIfDisposed();
        return _database.WriteAsync(
            SessionStoreOperation.Prune, (Store: this, Batch: batch),
            static (connection, call) => call.Store._table.Prune(connection, call.Store.Now(), call.Batch), cancellationToken);
    }
}
