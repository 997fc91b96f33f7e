using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores;

/// <summary>
/// Prunes at each interval, in batches until no expired session is left. After each full batch it pauses for a multiple of the batch's
/// time. A run that fails is logged, and the next run is at the next interval. Thread safe.
/// </summary>
/// <param name="prune">Removes one batch and returns the number removed: <see cref="IPrunableSessionStore.PruneAsync"/>.</param>
/// <param name="schedule">When it prunes.</param>
/// <param name="timeProvider">The clock of the interval.</param>
/// <param name="logger">The logger of the store.</param>
/// <param name="pace">The clock of batches and pauses; <see langword="null"/> for real time, because a backend works in it.</param>
public sealed class PruneTimer(
    Func<int, CancellationToken, ValueTask<int>> prune,
    PruneSchedule schedule,
    TimeProvider timeProvider,
    ILogger logger,
    TimeProvider? pace = null
) : IAsyncDisposable
{
    private readonly TimeProvider _pace = pace ?? TimeProvider.System;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private Task _running = Task.CompletedTask;
    private Task? _disposal;

    /// <summary>Occurs when a run has ended, unless the disposal has ended it. An exception of a handler is ignored.</summary>
    public event EventHandler<PruneRun>? Ended;

    /// <summary>The mean time between two runs: that of the schedule.</summary>
    public TimeSpan Interval => schedule.Interval;

    /// <summary>Starts the timer. Idempotent; has no effect after disposal.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_timer is null && !_stopping.IsCancellationRequested && schedule.Interval != Timeout.InfiniteTimeSpan)
            {
                _timer = timeProvider.CreateTimer(static state => ((PruneTimer)state!).Fire(), this, Fuzzed(), Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Cancels a run in progress and waits for its end. Idempotent.</summary>
    /// <returns>A task that completes once no run is in progress.</returns>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            return new ValueTask(_disposal ??= StopAsync());
        }
    }

    private async Task StopAsync()
    {
        // On other threads, because what the store has registered may block.
        var cancelling = _stopping.CancelAsync();
        _timer?.Dispose();
        await _running.ConfigureAwait(false);
        await cancelling.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Fire()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken stopping;
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            (_running, stopping) = (ended.Task, _stopping.Token);
        }

        // Outside of the lock: a store may block before its first await, and a disposal must not wait for the lock then.
        _ = RunAsync(ended, stopping);
    }

    private async Task RunAsync(TaskCompletionSource ended, CancellationToken stopping)
    {
        // Only a logger or a handler can throw here; that must not stop the next run.
        await PruneAllAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ended.SetResult();
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
        var begun = _pace.GetTimestamp();
        try
        {
            int removed;
            do
            {
                var started = _pace.GetTimestamp();
                removed = await prune(schedule.Batch, stopping).ConfigureAwait(false);
                total += removed;
                if (removed >= schedule.Batch)
                {
                    // Leaves this share of the backend's time to requests.
                    await Task.Delay(schedule.Rest * _pace.GetElapsedTime(started), _pace, stopping).ConfigureAwait(false);
                }
            } while (removed >= schedule.Batch);
            StoreLog.Pruned(logger, total);
            Report(total, begun, hasFailed: false);
        }
        catch (Exception error)
            when (error is ObjectDisposedException || (error is OperationCanceledException && stopping.IsCancellationRequested))
        {
            // The store is being disposed.
        }
        catch (Exception error)
        {
            // A timer has no caller, so the error goes to the log. The next run may succeed.
            StoreLog.PruneFailed(logger, error, total);
            Report(total, begun, hasFailed: true);
        }
    }

    private void Report(int removed, long begun, bool hasFailed) =>
        Ended?.Invoke(
            this,
            new PruneRun
            {
                Removed = removed,
                Duration = _pace.GetElapsedTime(begun),
                HasFailed = hasFailed,
            }
        );

    private TimeSpan Fuzzed() => schedule.Interval * (0.5 + Random.Shared.NextDouble());
}
