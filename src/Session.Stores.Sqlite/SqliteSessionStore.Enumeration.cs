namespace ServerSessions.Stores.Sqlite;

public sealed partial class SqliteSessionStore
{
    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: the store prunes at each <c>PruneInterval</c>.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    public event EventHandler<PruneRun>? Pruned
    {
        add => _pruning.Ended += value;
        remove => _pruning.Ended -= value;
    }

    /// <inheritdoc/>
    public TimeSpan PruneInterval => _pruning.Interval;

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default) =>
        PagedListing.ReadAsync(
            Array.Empty<byte>(),
            (after, cancel) =>
            {
                ThrowIfDisposed();
                return _database.ReadAsync(
                    SessionStoreOperation.All,
                    (Table: _table, After: after, Now: Now()),
                    static (connection, call) => call.Table.Page(connection, call.After, call.Now),
                    cancel
                );
            },
            Clock,
            unreadable => StoreLog.Unreadable(Logger, unreadable, $"rows of table '{_tableName}'"),
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _database.ReadAsync(
            SessionStoreOperation.Length,
            (Table: _table, Now: Now()),
            static (connection, call) => call.Table.Count(connection, call.Now),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await _database
            .WriteAsync(
                SessionStoreOperation.Clear,
                _table,
                static (connection, table) =>
                {
                    table.Clear(connection);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

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
