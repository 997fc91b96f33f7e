using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores;

/// <summary>What the host's start does if a backend cannot be reached.</summary>
public enum UnavailableAtStart
{
    /// <summary>The host does not start. For a backend of this machine, such as a file.</summary>
    Fail,

    /// <summary>
    /// The host starts with a warning, and the first use of a session tries again. For a server. Any other failure stops the start.
    /// </summary>
    Warn,
}

/// <summary>Opens the store when the host starts. Does nothing if another store was registered later.</summary>
internal sealed class StoreOpening<TStore>(IServiceProvider services, string name, UnavailableAtStart unavailable) : IHostedService
    where TStore : class, ISessionStore
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var registered = name.Length == 0 ? services.GetService<ISessionStore>() : services.GetKeyedService<ISessionStore>(name);
        if (registered is not TStore || registered is not IOpenableSessionStore store)
        {
            return;
        }

        try
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SessionStoreUnavailableException error) when (unavailable == UnavailableAtStart.Warn)
        {
            if (services.GetService<ILogger<TStore>>() is { } logger)
            {
                StoreLog.OpenedLater(logger, error, store.Backend);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
