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

/// <summary>
/// Opens the store when the host starts, also if another store wraps it. Does nothing if another store has replaced it.
/// </summary>
internal sealed class StoreOpening<TStore>(
    IServiceProvider services,
    CreatedStores created,
    string name,
    UnavailableAtStart unavailable
) : IHostedService
    where TStore : class, ISessionStore
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (ToOpen() is not { } store)
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

    private IOpenableSessionStore? ToOpen()
    {
        // Creates the registered store, and with it the one that it wraps.
        var registered = name.Length == 0 ? services.GetService<ISessionStore>() : services.GetKeyedService<ISessionStore>(name);
        if (registered is TStore)
        {
            return registered as IOpenableSessionStore;
        }

        // The store of another registration wraps none. Any other does if the store was created. One that can be opened decides itself.
        return registered is null || created.Contains(registered) || created.Find<TStore>(name) is not { } wrapped
            ? null
            : registered as IOpenableSessionStore ?? wrapped as IOpenableSessionStore;
    }
}
