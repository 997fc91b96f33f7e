using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerSessions.Stores.File;

/// <summary>
/// Opens the folder when the host starts, so that an unusable folder stops the start and not the first request. Does nothing if another
/// store was registered later.
/// </summary>
internal sealed class FileSessionStoreOpening(IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ISessionStore>() is FileSessionStore store)
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
