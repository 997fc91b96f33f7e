using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerSessions.Stores.Redis;

/// <summary>
/// Connects when the application starts, so that a wrong connection string or password stops the start. An unreachable server does not.
/// Does nothing if another store was registered later.
/// </summary>
internal sealed class RedisSessionStoreOpening(IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ISessionStore>() is not RedisSessionStore store)
        {
            return;
        }

        try
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SessionStoreUnavailableException error)
        {
            store.NotReachableAtStart(error);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
