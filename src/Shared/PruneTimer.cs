namespace ServerSessions.Stores;

/// <summary>
/// Prunes at each interval, in batches until no expired session is left. Each interval is a random 50 % to 150 %, so that instances started
/// together do not prune together. After each batch it pauses for a multiple of the batch's time. After a failure it waits for the next
/// interval.
/// </summary>
/// <param name="timeProvider">The clock of the interval.</param>
/// <param name="interval">The time between two runs; <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
/// <param name="batch">The most sessions that one call of <paramref name="prune"/> removes.</param>
/// <param name="prune">Removes one batch and returns the number removed: <see cref="IPrunableSessionStore.PruneAsync"/>.</param>
/// <param name="pruned">Called after a run with the number of sessions removed.</param>
/// <param name="failed">Called after a failed run with the error and the number of sessions removed.</param>
/// <param name="rest">The pause after a batch, as a multiple of the batch's time.</param>
/// <param name="pace">The clock of batches and pauses; <see langword="null"/> for real time, because a backend works in it.</param>
internal sealed class PruneTimer(
    TimeProvider timeProvider,
    TimeSpan interval,
    int batch,
    Func<int, CancellationToken, ValueTask<int>> prune,
    Action<int> pruned,
    Action<Exception, int> failed,
    int rest = 1,
    TimeProvider? pace = null
) : IAsyncDisposable
{
    private readonly TimeProvider _pace = pace ?? TimeProvider.System;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private Task _running = Task.CompletedTask;

    /// <summary>Starts the timer. Idempotent; has no effect after disposal.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_timer is null && !_stopping.IsCancellationRequested && interval != Timeout.InfiniteTimeSpan)
            {
                _timer = timeProvider.CreateTimer(static state => ((PruneTimer)state!).Fire(), this, Fuzzed(), Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Cancels a run in progress and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _stopping.Cancel();
            _timer?.Dispose();
            running = _running;
        }

        await running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _running = RunAsync(_stopping.Token);
            }
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        // Only a logger can throw here; that must not stop the next run.
        await PruneAllAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _timer!.Change(Fuzzed(), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private async Task PruneAllAsync(CancellationToken stopping)
    {
        var total = 0;
        try
        {
            int removed;
            do
            {
                var started = _pace.GetTimestamp();
                removed = await prune(batch, stopping).ConfigureAwait(false);
                total += removed;
                if (removed >= batch)
                {
                    // Leaves this share of the backend's time to requests.
                    await Task.Delay(rest * _pace.GetElapsedTime(started), _pace, stopping).ConfigureAwait(false);
                }
            } while (removed >= batch);
            pruned(total);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The store is being disposed.
        }
        catch (Exception error)
        {
            // A timer has no caller, so the error goes to the log. The next run may succeed.
            failed(error, total);
        }
    }

    private TimeSpan Fuzzed() => interval * (0.5 + Random.Shared.NextDouble());
}
