using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tests.Events;

namespace ServerSessions.Tests.Telemetry;

/// <summary>The gauge of the number of sessions.</summary>
public sealed class SessionCountTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_gauge_has_the_number_of_the_last_count_and_none_after_a_count_that_failed()
    {
        using var store = new PrunableStore(_clock);
        await using var app = await EventSite.StartAsync(
            store,
            time: _clock,
            sessions: static builder => builder.AddSessionCount(TimeSpan.FromMinutes(1))
        );
        using var counters = new CounterCapture(app, ServerSessionMetricNames.Count);
        await CountsAsync("0");

        using var first = await app.GetAsync("/write");
        using var second = await app.GetAsync("/write");
        await CountsAsync("2");

        store.Fails = new SessionStoreUnavailableException("away", SessionStoreOperation.Length, "Prunable");
        await CountsAsync(null);
        Assert.NotEqual(0, app.Logs.Count("CountFailed"));

        async Task CountsAsync(string? number) =>
            await Bounded.UntilAsync(
                () =>
                {
                    counters.Forget();
                    _clock.Advance(TimeSpan.FromMinutes(1));
                    counters.Observe();
                    return counters.Lines.SingleOrDefault()
                        == (number is null ? null : $"{ServerSessionMetricNames.Count} {number} backend=Prunable");
                },
                $"a gauge of {number ?? "nothing"}",
                Cancel
            );
    }

    [Fact]
    public async Task A_store_that_cannot_count_has_no_gauge_and_a_warning_says_so()
    {
        using var inner = new RecordingStore();
        await using var app = await EventSite.StartAsync(inner, sessions: static builder => builder.AddSessionCount());
        await Bounded.UntilAsync(() => app.Logs.Count("CannotCount") == 1, "the warning", Cancel);
        using var counters = new CounterCapture(app, ServerSessionMetricNames.Count);
        counters.Observe();
        Assert.Empty(counters.Lines);
    }

    [Fact]
    public void An_interval_of_less_than_a_minute_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () =>
            new ServiceCollection().AddServerSessions().AddSessionCount(TimeSpan.FromSeconds(59))
        );
}
