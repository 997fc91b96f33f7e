namespace ServerSessions.Stores;

/// <summary>
/// Removes expired sessions again and again, in batches until nothing is left, each time after the interval varied by half, so that
/// instances which started together do not work at the same moment. After a batch it rests for a multiple of what that took. A failure is
/// reported and waits for the next interval.
/// </summary>
/// <param name="timeProvider">What the waiting is measured with.</param>
/// <param name="interval">The time between two runs; <see cref="Timeout.InfiniteTimeSpan"/>: never.</param>
/// <param name="batch">What one call of <paramref name="prune"/> removes at most.</param>
/// <param name="prune">Removes one batch and says how many it removed: <see cref="IPrunableSessionStore.PruneAsync"/>.</param>
/// <param name="pruned">Told how many a run removed.</param>
/// <param name="failed">Told why a run ended early, and how many it had removed.</param>
/// <param name="rest">How many times as long as a batch took the rest after it is.</param>
/// <param name="pace">What the batches and the rests are measured with; <see langword="null"/>: real time, which a backend works
/// in.</param>
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

    /// <summary>Idempotent; after disposal nothing starts.</summary>
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

    /// <summary>Cancels a run that is under way and waits for its end.</summary>
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
        // What it throws is a logger's, of which the next run knows nothing.
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
                    // Requests have that much of the backend's time to themselves.
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
            // Next time may be better; a timer has nobody to tell but the log.
            failed(error, total);
        }
    }

    private TimeSpan Fuzzed() => interval * (0.5 + Random.Shared.NextDouble());
}
