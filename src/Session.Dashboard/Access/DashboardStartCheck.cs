using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace ServerSessions;

/// <summary>Ends the start of an application whose dashboard is open. By then all endpoints have their conventions.</summary>
internal sealed class DashboardStartCheck(EndpointDataSource endpoints, IHostEnvironment environment) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var access = new DashboardAccess(environment);
        foreach (var endpoint in endpoints.Endpoints)
        {
            if (endpoint.Metadata.GetMetadata<DashboardMap>() is not null)
            {
                access.ThrowIfOpen(endpoint);
            }
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
