using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Events;

/// <summary>Which events a request raises, and in which order.</summary>
public sealed class SessionEventTests
{
    [Theory]
    [InlineData("/write", "created")]
    [InlineData("/save-twice", "created", "changed")]
    [InlineData("/sign-in", "created", "signed in")]
    [InlineData("/read")]
    [InlineData("/destroy")]
    public async Task A_request_without_a_session_raises(string path, params string[] events)
    {
        await using var app = await EventSite.StartAsync();
        using var response = await app.GetAsync(path);
        Assert.Equal(events, app.Events().Lines);
    }

    [Theory]
    [InlineData("/write", "changed")]
    [InlineData("/update", "changed")]
    [InlineData("/renew", "renewed, sign-in: False", "changed")]
    [InlineData("/sign-in", "renewed, sign-in: True", "changed", "signed in")]
    [InlineData("/regenerate", "ended: Destroyed", "created")]
    [InlineData("/destroy", "ended: Destroyed")]
    [InlineData("/unset", "ended: Destroyed")]
    [InlineData("/read")]
    public async Task A_request_with_a_session_raises(string path, params string[] events)
    {
        await using var app = await EventSite.StartAsync(options: static options => options.Unset = SessionUnset.Destroy);
        using var begin = await app.GetAsync("/write");
        app.Events().Forget();

        using var response = await app.GetAsync(path, begin.Cookie());

        Assert.Equal(events, app.Events().Lines);
    }

    [Theory]
    [InlineData("/renew", "renewed, sign-in: False")]
    [InlineData("/sign-in", "renewed, sign-in: True", "signed in")]
    public async Task A_store_without_compare_and_set_raises_the_same_events_of_a_new_id(string path, params string[] events)
    {
        using var inner = new RecordingStore();
        await using var app = await EventSite.StartAsync(new PlainStore(inner));
        using var begin = await app.GetAsync("/write");
        app.Events().Forget();

        using var response = await app.GetAsync(path, begin.Cookie());

        Assert.Equal(events, app.Events().Lines);
    }

    [Fact]
    public async Task An_event_is_raised_after_the_store_has_acknowledged_and_before_the_response_leaves()
    {
        using var store = new RecordingStore();
        await using var app = await EventSite.StartAsync(store);
        var stored = Array.Empty<string>();
        var release = new TaskCompletionSource();
        var raised = new TaskCompletionSource();
        app.Events().Before = async _ =>
        {
            stored = store.Calls;
            raised.SetResult();
            await release.Task;
        };

        var request = app.GetAsync("/write");
        await raised.Task.WithinBoundAsync("the event");
        Assert.Equal(["set"], stored);
        Assert.False(request.IsCompleted);

        release.SetResult();
        using var response = await request;
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("/write", "set")]
    [InlineData("/renew", "set")]
    [InlineData("/update", "set")]
    public async Task What_the_store_has_not_acknowledged_raises_no_event(string path, string call)
    {
        using var store = new RecordingStore();
        await using var app = await EventSite.StartAsync(store);
        using var begin = await app.GetAsync("/write");
        app.Events().Forget();
        store.Before = made => made == call ? throw new IOException("the backend is away") : Task.CompletedTask;

        using var response = await app.GetAsync(path, begin.Cookie());

        Assert.Empty(app.Events().Lines);
    }

    [Fact]
    public async Task A_session_whose_absolute_timeout_has_passed_expires_when_a_request_comes_with_it()
    {
        var clock = new FakeTimeProvider();
        await using var app = await EventSite.StartAsync(
            options: static options => (options.AbsoluteTimeout, options.IdleTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromDays(1)),
            time: clock,
            store: new EverlastingStore()
        );
        using var begin = await app.GetAsync("/write");
        app.Events().Forget();
        clock.Advance(TimeSpan.FromHours(2));

        using var response = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(["expired: Met 1"], app.Events().Lines);
    }

    [Fact]
    public async Task An_event_says_when_and_where_it_happened_and_has_no_id()
    {
        var clock = new FakeTimeProvider();
        await using var app = await EventSite.StartAsync(time: clock);
        using var begin = await app.GetAsync("/sign-in");

        var info = app.Events().Infos[0];
        Assert.Equal((clock.GetUtcNow(), "", "Memory"), (info.Time, info.Name, info.Backend));
        Assert.Null(info.Handle);
        Assert.Null(info.Subject);
        Type[] carried = [typeof(SessionEventInfo), typeof(SessionCreated), typeof(SessionSignedIn), typeof(SessionRenewed)];
        string[] texts = [.. carried.SelectMany(static type => type.GetProperties()).Where(IsText).Select(static one => one.Name)];
        Assert.Equal(["Name", "Backend", "Handle", "Subject", "Method"], texts);

        static bool IsText(System.Reflection.PropertyInfo property) => property.PropertyType == typeof(string);
    }

    [Fact]
    public async Task Only_the_handlers_of_the_name_get_the_events_of_its_sessions()
    {
        await using var app = await EventSite.StartAsync(sessions: static builder =>
            builder
                .Services.AddServerSessions("admin", static options => options.Secret = "another secret of the tests, as long")
                .AddEvents<OtherEvents>()
        );
        using var begin = await app.GetAsync("/write");

        Assert.Equal(["created"], app.Events().Lines);
        Assert.Equal(0, app.Services.GetRequiredService<OtherEvents>().Count);
    }

    [Fact]
    public async Task A_handler_that_is_registered_twice_gets_each_event_once()
    {
        await using var app = await EventSite.StartAsync(sessions: static builder =>
            builder.AddEvents<RecordedEvents>().AddEvents<OtherEvents>()
        );
        using var begin = await app.GetAsync("/write");

        Assert.Equal(["created"], app.Events().Lines);
        Assert.Equal(1, app.Services.GetRequiredService<OtherEvents>().Count);
    }

    [Fact]
    public async Task A_handler_that_throws_breaks_no_request_and_no_other_handler_and_is_counted()
    {
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.GetServerSession().Set("n", 1);
                return Task.CompletedTask;
            },
            sessions: static builder => builder.AddEvents<ThrowingEvents>().AddEvents<RecordedEvents>()
        );
        using var counters = new CounterCapture(app, ServerSessionMetricNames.EventsFailed);

        for (var i = 0; i < 3; i++)
        {
            using var response = await app.GetAsync();
            Assert.Equal(200, (int)response.StatusCode);
            Assert.NotNull(response.SetCookie());
        }

        Assert.Equal(["created", "created", "created"], app.Events().Lines);
        Assert.Equal(Enumerable.Repeat(ServerSessionMetricNames.EventsFailed + " 1", 3), counters.Lines);
        var line = Assert.Single(app.Logs.Lines, static line => line.Event.Name == "EventHandlerFailed");
        Assert.Contains(nameof(ThrowingEvents), line.Text, StringComparison.Ordinal);
    }

    private sealed class OtherEvents : IServerSessionEvents
    {
        public int Count { get; private set; }

        public ValueTask CreatedAsync(SessionCreated created)
        {
            Count++;
            return default;
        }
    }

    private sealed class ThrowingEvents : IServerSessionEvents
    {
        public ValueTask CreatedAsync(SessionCreated created) => throw new InvalidOperationException("the mail server is away");
    }
}
