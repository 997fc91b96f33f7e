using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Events;

/// <summary>How a store that cannot be used, and can be used again, is seen.</summary>
public sealed class StoreAvailabilityTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_store_that_says_so_is_unavailable_and_recovers_once_each()
    {
        using var store = new RecordingStore(_clock);
        await using var app = await EventSite.StartAsync(store, time: _clock);

        store.Disconnect();
        store.Disconnect();
        await AssertEventsAsync(app, "store unavailable");
        _clock.Advance(TimeSpan.FromSeconds(2));
        store.Connect();
        store.Connect();

        await AssertEventsAsync(app, "store unavailable", "store recovered after 2 s");
    }

    [Fact]
    public async Task A_store_without_events_is_unavailable_when_a_call_says_so_and_recovers_when_a_call_succeeds()
    {
        using var store = new RecordingStore(_clock);
        await using var app = await EventSite.StartAsync(store, time: _clock);
        using var begin = await app.GetAsync("/write");
        app.Events().Forget();
        store.Before = static _ =>
            throw new SessionStoreUnavailableException("Nothing listens.", SessionStoreOperation.Get, "Recording");

        using var failed = await app.GetAsync("/read", begin.Cookie());
        using var again = await app.GetAsync("/read", begin.Cookie());
        await AssertEventsAsync(app, "store unavailable");

        store.Before = static _ => Task.CompletedTask;
        _clock.Advance(TimeSpan.FromSeconds(4));
        using var soon = await app.GetAsync("/read", begin.Cookie());
        await AssertEventsAsync(app, "store unavailable");
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var well = await app.GetAsync("/read", begin.Cookie());

        await AssertEventsAsync(app, "store unavailable", "store recovered after 5 s");
    }

    [Fact]
    public async Task An_outage_that_takes_the_lists_of_users_too_is_told_once_and_is_over_when_both_stores_are_back()
    {
        using var store = new RecordingStore(_clock);
        using var lists = new RecordingStore(_clock);
        await using var app = await EventSite.StartAsync(
            store,
            time: _clock,
            sessions: builder => builder.AddUserSessions().AddUserIndexStore(_ => lists)
        );

        store.Disconnect();
        lists.Disconnect();
        _clock.Advance(TimeSpan.FromSeconds(2));
        store.Connect();
        _clock.Advance(TimeSpan.FromSeconds(1));
        lists.Connect();

        await AssertEventsAsync(app, "store unavailable", "store recovered after 3 s");
    }

    [Fact]
    public async Task A_failure_that_is_not_an_outage_raises_no_event()
    {
        using var store = new RecordingStore(_clock);
        await using var app = await EventSite.StartAsync(store, time: _clock);
        using var begin = await app.GetAsync("/write");
        app.Events().Forget();
        store.Before = static _ => throw new SessionStoreException("Broken.", SessionStoreOperation.Get, "Recording", isTransient: false);

        using var failed = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(500, (int)failed.StatusCode);
        Assert.Empty(app.Events().Lines);
    }

    private static async Task AssertEventsAsync(TestApp app, params string[] lines)
    {
        await Bounded.UntilAsync(
            () => app.Events().Lines.Length >= lines.Length,
            string.Join(", ", lines),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(lines, app.Events().Lines);
    }
}
