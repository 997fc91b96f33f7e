namespace ServerSessions.Stores.Sqlite;

public sealed partial class SqliteSessionStore
{
    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: the store prunes at each <c>PruneInterval</c>.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    /// <remarks>
    /// If other processes write to the file, the call waits up to 32 milliseconds before it takes the lock.
    /// </remarks>
    public async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ThrowIfDisposed();
        if (_prunePace.Pause > TimeSpan.Zero)
        {
            // Real time, because other processes work in it.
            await Task.Delay(_prunePace.Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            ThrowIfDisposed();
        }

        var removed = await _database
            .WriteAsync(
                SessionStoreOperation.Prune,
                (Store: this, Batch: batch),
                static (connection, call) => call.Store._table.Prune(connection, call.Store.Now(), call.Batch),
                cancellationToken
            )
            .ConfigureAwait(false);
        _prunePace.Note(_database.TakeWasLocked());
        return removed;
    }
}
