using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>Counts the sessions from the start of the application to its end, if the dashboard is mapped.</summary>
internal sealed class SessionCountSampling(
    DashboardMap map,
    SessionCounts counts,
    IOptions<SessionDashboardOptions> options,
    TimeProvider timeProvider
) : BackgroundService
{
    // A count takes a twentieth of the time at most.
    private const int Share = 20;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!map.IsMapped || !counts.CanCount)
        {
            return;
        }

        while (true)
        {
            var sample = await counts.CountAsync().WaitAsync(stoppingToken);
            var pause = sample.Took * Share;
            await Task.Delay(pause > options.Value.SampleInterval ? pause : options.Value.SampleInterval, timeProvider, stoppingToken);
        }
    }
}
