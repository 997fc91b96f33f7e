using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerSessions.Tests.Events;

/// <summary>Handlers that may be slow.</summary>
public sealed class QueuedEventTests
{
    [Fact]
    public async Task A_slow_handler_holds_no_request_and_gets_the_events_in_order()
    {
        await using var app = await StartAsync(capacity: 10);
        var slow = app.Events();
        var release = new TaskCompletionSource();
        slow.Before = _ => release.Task;

        using var begin = await app.GetAsync("/write");
        using var change = await app.GetAsync("/write", begin.Cookie());
        using var end = await app.GetAsync("/destroy", begin.Cookie());
        Assert.Empty(slow.Lines);

        release.SetResult();
        await Bounded.UntilAsync(() => slow.Lines.Length == 3, "three events", TestContext.Current.CancellationToken);
        Assert.Equal(["created", "changed", "ended: Destroyed"], slow.Lines);
    }

    [Fact]
    public async Task An_event_that_finds_the_queue_full_is_dropped_and_counted_and_the_next_ones_are_handled()
    {
        await using var app = await StartAsync(capacity: 2);
        var slow = app.Events();
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        slow.Before = _ =>
        {
            begun.TrySetResult();
            return release.Task;
        };
        using var counters = new CounterCapture(app, ServerSessionMetricNames.EventsDropped);

        // One is being handled, two wait, two are dropped.
        using var first = await app.GetAsync("/write");
        await begun.Task.WithinBoundAsync("the first event");
        for (var i = 0; i < 4; i++)
        {
            using var further = await app.GetAsync("/write");
        }

        Assert.Equal(Enumerable.Repeat(ServerSessionMetricNames.EventsDropped + " 1", 2), counters.Lines);
        Assert.Equal(1, app.Logs.Count("EventDropped"));
        release.SetResult();
        await Bounded.UntilAsync(() => slow.Lines.Length == 3, "three events", TestContext.Current.CancellationToken);
        using var last = await app.GetAsync("/write");
        await Bounded.UntilAsync(() => slow.Lines.Length == 4, "the event after them", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_end_of_the_host_waits_for_what_is_queued()
    {
        await using var app = await StartAsync(capacity: 10);
        var slow = app.Events();
        var release = new TaskCompletionSource();
        slow.Before = _ => release.Task;
        using var begin = await app.GetAsync("/write");

        var stop = StopAsync(app);
        Assert.False(stop.IsCompleted);
        release.SetResult();
        await stop.WithinBoundAsync("the end of the queue");
        Assert.Equal(["created"], slow.Lines);
    }

    [Fact]
    public async Task A_queued_handler_that_throws_is_counted_and_gets_the_next_event()
    {
        await using var app = await StartAsync(capacity: 10);
        var slow = app.Events();
        slow.Before = static line => line == "created" ? throw new InvalidOperationException("mine") : Task.CompletedTask;
        using var counters = new CounterCapture(app, ServerSessionMetricNames.EventsFailed);

        using var begin = await app.GetAsync("/write");
        using var change = await app.GetAsync("/write", begin.Cookie());

        await Bounded.UntilAsync(() => slow.Lines.Length == 1, "the second event", TestContext.Current.CancellationToken);
        Assert.Equal([ServerSessionMetricNames.EventsFailed + " 1"], counters.Lines);
        Assert.Equal(1, app.Logs.Count("EventHandlerFailed"));
    }

    [Fact]
    public void A_queue_of_less_than_one_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () =>
            new ServiceCollection().AddServerSessions().AddQueuedEvents<RecordedEvents>(capacity: 0)
        );

    private static Task<TestApp> StartAsync(int capacity) =>
        TestApp.StartAsync(EventSite.ActAsync, sessions: builder => builder.AddQueuedEvents<RecordedEvents>(capacity));

    private static Task StopAsync(TestApp app) =>
        Task.WhenAll(
            app.Services.GetServices<IHostedService>()
                .Where(static service => service.GetType().Name == "QueuedEvents")
                .Select(static service => service.StopAsync(CancellationToken.None))
        );
}
