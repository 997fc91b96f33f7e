using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerSessions.Stores.Sqlite;

/// <summary>
/// Opens the database when the host starts, so that an unusable path stops the start and not the first request. Does nothing if another
/// store was registered later.
/// </summary>
internal sealed class SqliteSessionStoreOpening(IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ISessionStore>() is SqliteSessionStore store)
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
