using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>
/// Opens the store of the lists of users' sessions when the host starts, and prunes it if it does not do so itself. A server that cannot be
/// reached does not stop the start.
/// </summary>
internal sealed class UserIndexOpening(SessionRuntimes runtimes, TimeProvider timeProvider, ILogger<UserIndexOpening> logger)
    : IHostedService,
        IDisposable
{
    private PruneTimer? _timer;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var store = runtimes.Current.Users!.Stores.Index;
        if (store is IOpenableSessionStore openable)
        {
            try
            {
                await openable.OpenAsync(cancellationToken);
            }
            catch (SessionStoreUnavailableException failure)
            {
                Log.UserIndexOpenedLater(logger, store.Backend, failure);
            }
        }

        if (store is IPrunableSessionStore { PrunesItself: false } prunable)
        {
            var settings = runtimes.Current.Options;
            _timer = new PruneTimer(
                (batch, stopping) => StorePruning.PruneAsync(prunable, batch, stopping),
                new PruneSchedule(settings.PruneInterval, settings.PruneBatch),
                timeProvider,
                logger
            );
            _timer.Start();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _timer is { } timer ? timer.DisposeAsync().AsTask().WaitAsync(cancellationToken) : Task.CompletedTask;

    public void Dispose() => _ = _timer?.DisposeAsync().AsTask();
}
