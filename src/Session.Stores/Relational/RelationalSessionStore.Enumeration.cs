namespace ServerSessions.Stores.Relational;

/// <content>The optional methods.</content>
public abstract partial class RelationalSessionStore
{
    // Rows that one statement of a clear removes, so that it stays within the timeout and holds no long lock.
    private const int ClearBatch = 1000;

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default)
    {
        RelationalTable? last = null;
        return PagedListing.ReadAsync(
            RelationalPosition.First,
            (position, cancel) =>
            {
                ThrowIfDisposed();
                return RunAsync(
                    SessionStoreOperation.All,
                    isWrite: false,
                    (Store: this, Position: position),
                    (table, connection, args, stopping) =>
                    {
                        last = table;
                        return table.PageAsync(connection, args.Position, args.Store.Now(table), stopping);
                    },
                    cancel
                );
            },
            Clock,
            unreadable => StoreLog.Unreadable(Logger, unreadable, last!.Rows),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return RunAsync(
            SessionStoreOperation.Length,
            isWrite: false,
            this,
            static (table, connection, store, stopping) => table.CountAsync(connection, store.Now(table), stopping),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        // In the order of ids, so that it ends even if sessions are added meanwhile.
        string? from = "";
        while (from is not null)
        {
            ThrowIfDisposed();
            from = await RunAsync(
                    SessionStoreOperation.Clear,
                    isWrite: true,
                    from,
                    static (table, connection, from, stopping) => table.ClearAsync(connection, from, ClearBatch, stopping),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ThrowIfDisposed();
        return RunAsync(
            SessionStoreOperation.Prune,
            isWrite: true,
            (Store: this, Batch: batch),
            static (table, connection, args, stopping) => table.PruneAsync(connection, args.Store.Now(table), args.Batch, stopping),
            cancellationToken
        );
    }
}
