namespace ServerSessions.Stores.Sqlite;

public sealed partial class SqliteSessionStore
{
    /// <inheritdoc/>
    /// <value><see langword="true"/>: as often as <c>PruneInterval</c> says.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    /// <remarks>
    /// Where other processes write to the file as well, it waits for some milliseconds, 32 at most, before it asks for the lock.
    /// </remarks>
    public async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ThrowIfDisposed();
        if (_prunePace.Pause > TimeSpan.Zero)
        {
            // Real time: it is what other processes work in.
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
