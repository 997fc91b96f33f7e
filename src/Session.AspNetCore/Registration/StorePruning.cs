using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>
/// Removes expired sessions from a store that can prune and does not do so itself: one that was added with <c>AddStore</c> or set as
/// <see cref="ServerSessionOptions.Store"/>. Runs from the host's start to its stop. Has the prunes of every store observed.
/// </summary>
internal sealed class StorePruning(
    IServiceProvider services,
    string name,
    PruneWatch watch,
    TimeProvider timeProvider,
    ILogger<StorePruning> logger
) : IHostedService, IDisposable
{
    private PruneTimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = NamedServices.Options(services, name);
        var registered = settings.Store ?? NamedServices.Store(services, name);
        if (registered is IPruneReportingStore { PrunesItself: true } reporting)
        {
            watch.Observe(reporting);
        }
        else if (registered is IPrunableSessionStore { PrunesItself: false } store)
        {
            _timer = new PruneTimer(
                (batch, stopping) => PruneAsync(store, batch, stopping),
                new PruneSchedule(settings.PruneInterval, settings.PruneBatch),
                timeProvider,
                logger
            );
            watch.Observe(_timer);
            _timer.Start();
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_timer is { } timer)
        {
            // A store that ignores cancellation delays the host at most until the host's own timeout.
            await timer.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Called for a host that was not stopped: starts nothing more, and waits for nothing.</summary>
    public void Dispose() => _ = _timer?.DisposeAsync().AsTask();

    /// <summary>
    /// Converts exceptions: the timer treats a disposal or a cancellation as the end of the store, which only the host decides here.
    /// </summary>
    public static async ValueTask<int> PruneAsync(IPrunableSessionStore store, int batch, CancellationToken stopping)
    {
        try
        {
            return await store.PruneAsync(batch, stopping);
        }
        catch (Exception error) when ((error is OperationCanceledException or ObjectDisposedException) && !stopping.IsCancellationRequested)
        {
            throw new InvalidOperationException("The session store cancelled the removal of expired sessions by itself.", error);
        }
    }
}
