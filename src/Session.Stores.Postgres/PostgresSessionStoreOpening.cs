using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerSessions.Stores.Postgres;

/// <summary>
/// Opens the table when the host starts, so that a wrong connection string or table stops the start and not the first request. A server
/// that cannot be reached does not stop it. Does nothing if another store was registered later.
/// </summary>
internal sealed class PostgresSessionStoreOpening(IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ISessionStore>() is PostgresSessionStore store)
        {
            try
            {
                await store.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (SessionStoreUnavailableException error)
            {
                store.WarnOpenedLater(error);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
