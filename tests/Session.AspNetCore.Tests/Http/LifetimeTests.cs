using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Tests.Http;

/// <summary>When sessions end: idle, absolute, and at which instant.</summary>
public sealed class LifetimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public async Task A_session_whose_cookie_has_no_expiry_ends_after_the_idle_lifetime_and_each_request_begins_it_anew()
    {
        using var store = new RecordingStore(_time);
        await using var app = await StartAsync(store, static options => options.IdleTimeout = TimeSpan.FromMinutes(20));
        using var begin = await app.GetAsync();

        _time.Advance(TimeSpan.FromMinutes(20) - Tick);
        using var inTime = await app.GetAsync("/read", begin.Cookie());
        _time.Advance(TimeSpan.FromMinutes(20) - Tick);
        using var inTimeAgain = await app.GetAsync("/read", begin.Cookie());
        _time.Advance(TimeSpan.FromMinutes(20));
        using var late = await app.GetAsync("/read", begin.Cookie());

        Assert.DoesNotContain("Expires", begin.SetCookie(), StringComparison.Ordinal);
        Assert.Equal(("1", "1", "0"), (await inTime.BodyAsync(), await inTimeAgain.BodyAsync(), await late.BodyAsync()));
    }

    [Fact]
    public async Task A_session_that_another_request_has_touched_ends_when_the_store_says_and_not_when_its_payload_says()
    {
        // Leaves the payload alone in a touch, as Redis does. The memory store writes the new cookie into it.
        var store = new TouchingReadStore(_time);
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                var session = context.GetServerSession();
                if (session.IsNew)
                {
                    session.Set("n", 1);
                }

                return context.Response.WriteAsync($"{session.Cookie.Expires:O} {session.Cookie.MaxAge:c}");
            },
            static options => (options.Cookie.MaxAge, options.TouchOnRead) = (TimeSpan.FromHours(1), SessionTouchOnRead.Never),
            store,
            time: _time
        );
        using var begin = await app.GetAsync();
        _time.Advance(TimeSpan.FromMinutes(30));
        using var touch = await app.GetAsync(cookie: begin.Cookie());
        _time.Advance(TimeSpan.FromMinutes(10));

        using var read = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal($"{Start.AddMinutes(90):O} 00:50:00", await read.BodyAsync());
    }

    [Theory]
    [InlineData("/read")]
    [InlineData("/")]
    public async Task No_touch_and_no_save_passes_the_absolute_lifetime(string path)
    {
        using var store = new RecordingStore(_time);
        await using var app = await StartAsync(store, static options =>
        {
            options.Cookie.MaxAge = TimeSpan.FromMinutes(20);
            options.AbsoluteTimeout = TimeSpan.FromHours(2);
            options.Rolling = true;
        });
        using var begin = await app.GetAsync();

        var end = Start + TimeSpan.FromHours(2);
        for (var minute = 1; minute < 120; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            using var response = await app.GetAsync(path, begin.Cookie());

            Assert.NotEqual("0", await response.BodyAsync());
            var entry = await store.Inner.AllAsync().SingleAsync();
            Assert.True(entry.Record.Expires <= end, $"after {minute} minutes the store keeps the session until {entry.Record.Expires:O}");
            Assert.True(CookieExpiry(response) <= end, $"after {minute} minutes the cookie lasts until {CookieExpiry(response):O}");
        }

        _time.Advance(TimeSpan.FromMinutes(1) - Tick);
        using var lastInstant = await app.GetAsync("/read", begin.Cookie());
        _time.Advance(Tick);
        using var over = await app.GetAsync("/read", begin.Cookie());

        Assert.NotEqual("0", await lastInstant.BodyAsync());
        Assert.Equal("0", await over.BodyAsync());
    }

    [Fact]
    public async Task The_absolute_end_counts_although_the_store_keeps_the_session_longer_and_then_it_is_destroyed()
    {
        using var store = new MemorySessionStore(new MemorySessionStoreOptions(), _time);
        await using (var before = await StartAsync(store, static options => options.AbsoluteTimeout = TimeSpan.FromDays(300)))
        {
            using var begun = await before.GetAsync();
            _time.Advance(TimeSpan.FromHours(3));

            // The same sessions under a shorter policy.
            await using var app = await StartAsync(store, static options => options.AbsoluteTimeout = TimeSpan.FromHours(3));
            using var over = await app.GetAsync("/read", begun.Cookie());

            Assert.Equal("0", await over.BodyAsync());
            Assert.Equal(0, await store.LengthAsync());
        }
    }

    [Fact]
    public async Task The_absolute_end_removes_what_was_read_and_not_what_another_request_has_stored_since()
    {
        using var store = new RecordingStore(_time);
        await using var before = await StartAsync(store, static options => options.AbsoluteTimeout = TimeSpan.FromDays(300));
        using var begun = await before.GetAsync();
        var sid = await store.Inner.AllAsync().Select(static entry => entry.Sid).SingleAsync();
        _time.Advance(TimeSpan.FromHours(3));
        await using var app = await StartAsync(store, static options => options.AbsoluteTimeout = TimeSpan.FromHours(3));
        var moved = new SessionRecord("{\"cookie\":{},\"other\":1}"u8.ToArray(), _time.GetUtcNow() + TimeSpan.FromMinutes(5));
        store.AfterGet = async () => await store.Inner.SetAsync(sid, moved);

        using var over = await app.GetAsync("/read", begun.Cookie());

        Assert.Equal("0", await over.BodyAsync());
        Assert.Equal(moved.Payload.ToArray(), (await store.Inner.GetAsync(sid))?.Payload.ToArray());
    }

    [Fact]
    public async Task A_session_that_node_made_is_counted_from_its_first_request_here_and_keeps_its_content()
    {
        using var store = new RecordingStore(_time);
        await using var app = await StartAsync(store, static options =>
        {
            options.AbsoluteTimeout = TimeSpan.FromHours(2);
            options.GenerateSid = static _ => "sid";
        });
        using var begin = await app.GetAsync();
        const string nodes = """{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"n":7,"x":{"y":[1]}}""";
        await store.Inner.SetAsync("sid", new SessionRecord(System.Text.Encoding.UTF8.GetBytes(nodes), null));

        using var first = await app.GetAsync("/read", begin.Cookie());
        var stored = System.Text.Encoding.UTF8.GetString((await store.Inner.GetAsync("sid"))!.Payload.Span);
        _time.Advance(TimeSpan.FromHours(2) - Tick);
        using var last = await app.GetAsync("/read", begin.Cookie());
        _time.Advance(Tick);
        using var over = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(nodes[..^1] + ""","__created":"2026-03-01T12:00:00.000Z"}""", stored);
        Assert.Equal(("7", "7", "0"), (await first.BodyAsync(), await last.BodyAsync(), await over.BodyAsync()));
    }

    [Fact]
    public async Task The_member_that_holds_the_instant_is_no_key_of_the_session()
    {
        using var store = new RecordingStore(_time);
        await using var app = await StartAsync(
            store,
            static options => options.AbsoluteTimeout = TimeSpan.FromHours(2),
            static async context =>
            {
                var session = context.GetServerSession();
                session.Set("n", 1);
                var refused = 0;
                try
                {
                    session.Set("__created", "2099-01-01T00:00:00.000Z");
                }
                catch (ArgumentException)
                {
                    refused++;
                }

                try
                {
                    session.Remove("__created");
                }
                catch (ArgumentException)
                {
                    refused++;
                }

                await context.Response.WriteAsync(
                    $"{string.Join(',', session.Keys)} {session.Count} {session.TryGetJson("__created", out _)} {refused}"
                );
            }
        );

        using var response = await app.GetAsync();

        Assert.Equal("n 1 False 2", await response.BodyAsync());
    }

    [Theory]
    [InlineData("idle")]
    [InlineData("absolute")]
    [InlineData("timeout")]
    public async Task A_span_out_of_range_is_refused_at_start(string which)
    {
        using var store = new RecordingStore(_time);
        var refusal = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(store, options =>
            {
                switch (which)
                {
                    case "idle":
                        options.IdleTimeout = TimeSpan.FromMilliseconds(999);
                        break;
                    case "absolute":
                        options.AbsoluteTimeout = TimeSpan.FromDays(401);
                        break;
                    case "timeout":
                        options.OperationTimeout = TimeSpan.Zero;
                        break;
                }
            }));

        Assert.Contains("must be", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_and_forth_ends_no_live_session_and_makes_none_immortal()
    {
        var clock = new SteppedClock(Start);
        using var store = new MemorySessionStore(new MemorySessionStoreOptions(), clock);
        await using var app = await StartAsync(
            store,
            static options =>
            {
                options.Cookie.MaxAge = TimeSpan.FromHours(2);
                options.AbsoluteTimeout = TimeSpan.FromHours(6);
            },
            time: clock
        );
        using var begin = await app.GetAsync();

        foreach (var hours in (double[])[-1, 0, 1, 0.5])
        {
            clock.Now = Start + TimeSpan.FromHours(hours);
            using var response = await app.GetAsync("/read", begin.Cookie());
            Assert.Equal("1", await response.BodyAsync());
        }

        clock.Now = Start + TimeSpan.FromHours(6);
        using var over = await app.GetAsync("/read", begin.Cookie());
        Assert.Equal("0", await over.BodyAsync());
    }

    [Fact]
    public async Task Touches_are_spared_until_the_share_of_the_lifetime_has_passed_and_not_an_instant_longer()
    {
        using var store = new RecordingStore(_time);
        await using var app = await StartAsync(store, static options =>
        {
            options.Cookie.MaxAge = TimeSpan.FromMinutes(20);
            options.TouchThrottle = 0.1;
        });
        using var begin = await app.GetAsync();

        _time.Advance(TimeSpan.FromMinutes(2) - Tick);
        store.Forget();
        using var spared = await app.GetAsync("/read", begin.Cookie());
        Assert.Equal(["get"], store.Calls);

        _time.Advance(Tick);
        using var touched = await app.GetAsync("/read", begin.Cookie());
        Assert.Equal(["get", "get", "touch"], store.Calls);

        store.Forget();
        using var sparedAgain = await app.GetAsync("/read", begin.Cookie());
        using var written = await app.GetAsync("/", begin.Cookie());
        using var shortened = await app.GetAsync("/shorten", begin.Cookie());
        Assert.Equal(["get", "get", "set", "get", "touch"], store.Calls);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public async Task A_share_that_is_none_is_refused_at_start(double share)
    {
        using var store = new RecordingStore(_time);
        await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            StartAsync(store, options => options.TouchThrottle = share)
        );
    }

    private static DateTimeOffset CookieExpiry(HttpResponseMessage response)
    {
        var attribute = response.SetCookie()!.Split("; ").Single(static part => part.StartsWith("Expires=", StringComparison.Ordinal));
        return DateTimeOffset.Parse(attribute["Expires=".Length..], CultureInfo.InvariantCulture);
    }

    private static async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/":
                session.Set("n", session.Get<int>("n") + 1);
                break;
            case "/shorten":
                session.Cookie.MaxAge = TimeSpan.FromMinutes(1);
                break;
        }

        await context.Response.WriteAsync($"{session.Get<int>("n")}");
    }

    private Task<TestApp> StartAsync(
        ISessionStore store,
        Action<ServerSessionOptions> options,
        RequestDelegate? handler = null,
        TimeProvider? time = null
    ) => TestApp.StartAsync(handler ?? HandleAsync, options, store, time: time ?? _time);

    /// <summary>A clock that is set, also backwards, which FakeTimeProvider refuses. Its timers are the system's.</summary>
    private sealed class SteppedClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
