using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerSessions.Stores.Mongo;

/// <summary>
/// Opens the collection when the application starts, so that wrong credentials stop the start. An unreachable server is logged, and the
/// first call tries again. Does nothing if another store was registered later.
/// </summary>
internal sealed class MongoSessionStoreOpening(IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ISessionStore>() is MongoSessionStore store)
        {
            await store.OpenAtStartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
