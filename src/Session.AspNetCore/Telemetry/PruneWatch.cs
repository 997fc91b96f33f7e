using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>
/// Observes the prunes of the store of one name, whether its own timer or the host's makes them: for metrics, events and health checks.
/// </summary>
internal sealed class PruneWatch(IServiceProvider services, string name, TimeProvider timeProvider)
{
    // A wait is up to one and a half intervals, so a single failed run is not late yet.
    private const int LateAfter = 3;

    // The two stores of a move have a timer each, and one that succeeds must not hide one that fails.
    private readonly ConcurrentDictionary<object, long> _lastSuccess = new(ReferenceEqualityComparer.Instance);
    private TimeSpan _interval = Timeout.InfiniteTimeSpan;
    private long _begun;

    /// <summary>
    /// Whether no prune of one of the timers has succeeded for three intervals. A store that does not prune is never late.
    /// </summary>
    public bool IsLate =>
        _interval != Timeout.InfiniteTimeSpan
        && _lastSuccess.Values.DefaultIfEmpty(_begun).Any(last => timeProvider.GetElapsedTime(last) > LateAfter * _interval);

    /// <summary>Observes a store with a timer of its own.</summary>
    public void Observe(IPruneReportingStore store)
    {
        Begin(store.PruneInterval);
        store.Pruned += OnPruned;
    }

    /// <summary>Observes the host's timer.</summary>
    public void Observe(PruneTimer timer)
    {
        Begin(timer.Interval);
        timer.Ended += OnPruned;
    }

    private void Begin(TimeSpan interval) => (_begun, _interval) = (timeProvider.GetTimestamp(), interval);

    private void OnPruned(object? sender, PruneRun run)
    {
        var timer = sender ?? this;
        if (run.HasFailed)
        {
            _lastSuccess.TryAdd(timer, _begun);
        }
        else
        {
            _lastSuccess[timer] = timeProvider.GetTimestamp();
        }

        var sessions = NamedServices.Runtimes(services, name).Current;
        services.GetRequiredService<ServerSessionMetrics>().Pruned(sessions.Backend, run.Removed, run.Duration, run.HasFailed);
        if (run.Removed > 0)
        {
            // Not waited for: the next run must not depend on a handler.
            _ = sessions.Events.PrunedAsync(run.Removed).AsTask();
        }
    }
}
