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

    /// <summary>What the timer runs: batches until nothing is left. Ends without an exception, whatever happens.</summary>
    private async Task PruneAllAsync(CancellationToken stopping)
    {
        var total = 0;
        try
        {
            int removed;
            do
            {
                removed = await PruneAsync(_pruneBatch, stopping).ConfigureAwait(false);
                total += removed;
            }
            while (removed == _pruneBatch);
            Log.Pruned(_logger, total);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The store is being disposed.
        }
        catch (Exception error)
        {
            // Next time may be better; a timer has nobody to tell but the log.
            Log.PruneFailed(_logger, error, total);
        }
    }
}
