using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Counts the sessions of a store at each interval, beside the requests, for the gauge <see cref="ServerSessionMetricNames.Count"/>. A
/// count that fails is logged, and the gauge has no value until the next one succeeds.
/// </summary>
internal sealed class SessionCounting(IServiceProvider services, string name, TimeSpan interval) : BackgroundService
{
    private readonly TimeProvider _timeProvider = services.GetRequiredService<TimeProvider>();
    private readonly ILogger _logger = services.GetRequiredService<ILogger<SessionCounting>>();
    private long _count = -1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var store = NamedServices.Options(services, name).Store ?? NamedServices.Store(services, name);
        if (store is not IEnumerableSessionStore countable)
        {
            Log.CannotCount(_logger, store?.Backend ?? "");
            return;
        }

        var tag = ServerSessionMetrics.BackendTag(store.Backend);
        services
            .GetRequiredService<ServerSessionMetrics>()
            .Meter.CreateObservableGauge(ServerSessionMetricNames.Count, () => Read(tag), "{session}", "Sessions in the store.");
        using var timer = new PeriodicTimer(interval, _timeProvider);
        do
        {
            await CountAsync(countable, stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private Measurement<long>[] Read(KeyValuePair<string, object?> tag) =>
        Volatile.Read(ref _count) is >= 0 and var count ? [new Measurement<long>(count, tag)] : [];

    private async Task CountAsync(IEnumerableSessionStore store, CancellationToken stoppingToken)
    {
        try
        {
            Volatile.Write(ref _count, await store.LengthAsync(stoppingToken));
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            // An old number would hide the failure.
            Volatile.Write(ref _count, -1);
            Log.CountFailed(_logger, store.Backend, failure);
        }
    }
}
