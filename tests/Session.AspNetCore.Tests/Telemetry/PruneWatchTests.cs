using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Sqlite;
using ServerSessions.Tests.Events;

namespace ServerSessions.Tests.Telemetry;

/// <summary>How the removal of expired sessions is seen, by the timer of a store and by that of the host.</summary>
public sealed class PruneWatchTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task What_the_timer_of_a_store_removes_is_counted_and_raises_an_event()
    {
        using var folder = new TempFile();
        await using var app = await EventSite.StartAsync(
            time: _clock,
            options: static options => options.IdleTimeout = TimeSpan.FromMinutes(1),
            sessions: builder =>
                builder.AddSqliteStore(options =>
                {
                    options.ConnectionString = $"Data Source={folder.Path}";
                    options.PruneInterval = TimeSpan.FromMinutes(10);
                })
        );
        await AssertPrunesAreSeenAsync(app, "SQLite");
    }

    [Fact]
    public async Task What_the_timer_of_the_host_removes_is_counted_and_raises_an_event()
    {
        using var store = new PrunableStore(_clock);
        await using var app = await EventSite.StartAsync(
            store,
            static options => (options.IdleTimeout, options.PruneInterval) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)),
            _clock
        );
        await AssertPrunesAreSeenAsync(app, "Prunable");
    }

    private async Task AssertPrunesAreSeenAsync(TestApp app, string backend)
    {
        using var counters = new CounterCapture(app, ServerSessionMetricNames.PruneRemoved, ServerSessionMetricNames.Expirations);
        for (var i = 0; i < 3; i++)
        {
            using var begin = await app.GetAsync("/write");
        }

        app.Events().Forget();
        _clock.Advance(TimeSpan.FromMinutes(2));
        await Bounded.UntilAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromMinutes(1));
                return app.Events().Lines.Length > 0;
            },
            "a prune",
            TestContext.Current.CancellationToken
        );

        Assert.Equal(["expired: Pruned 3"], app.Events().Lines);
        Assert.Contains($"{ServerSessionMetricNames.PruneRemoved} 3 backend={backend}", counters.Lines);
        Assert.Contains($"{ServerSessionMetricNames.Expirations} 3 backend={backend} expiry=pruned", counters.Lines);
    }
}
