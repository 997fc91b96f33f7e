using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Http;

/// <summary>When the read of a session is its touch, and when a touch still follows.</summary>
public sealed class TouchOnReadTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(20);

    private readonly FakeTimeProvider _time = new(Start);

    [Theory]
    [InlineData(true, SessionTouchOnRead.WhereCheap, "get-and-touch")]
    [InlineData(true, SessionTouchOnRead.Always, "get-and-touch")]
    [InlineData(true, SessionTouchOnRead.Never, "get touch")]
    [InlineData(false, SessionTouchOnRead.WhereCheap, "get touch")]
    [InlineData(false, SessionTouchOnRead.Always, "get-and-touch")]
    public async Task A_request_that_only_reads_is_one_call_where_the_touch_is_cheap_or_asked_for(
        bool isCheap,
        SessionTouchOnRead option,
        string calls
    )
    {
        var store = new TouchingReadStore(_time, isCheap);
        await using var app = await StartAsync(store, options => options.TouchOnRead = option);
        using var begin = await app.GetAsync();
        _time.Advance(TimeSpan.FromMinutes(15));
        store.Forget();

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal("1", await read.BodyAsync());
        Assert.Equal(calls, string.Join(' ', store.Calls));
        Assert.Equal(_time.GetUtcNow() + Life, store.Expires);
    }

    [Fact]
    public async Task A_request_that_writes_compares_with_what_was_read_and_touched()
    {
        var store = new TouchingReadStore(_time);
        await using var app = await StartAsync(store);
        using var begin = await app.GetAsync();
        store.Forget();

        using var written = await app.GetAsync("/", begin.Cookie());

        Assert.Equal("2", await written.BodyAsync());
        Assert.Equal(["get-and-touch", "set"], store.Calls);
    }

    [Fact]
    public async Task A_session_with_a_lifetime_of_its_own_is_never_given_that_of_the_options()
    {
        var store = new TouchingReadStore(_time);
        var expiries = new List<DateTimeOffset>();
        await using var app = await StartAsync(store, during: () => expiries.Add(store.Expires));
        using var begin = await app.GetAsync("/brief");
        Assert.Equal(Start + TimeSpan.FromMinutes(5), store.Expires);
        _time.Advance(TimeSpan.FromMinutes(4));
        store.Forget();

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal([Start + TimeSpan.FromMinutes(5)], expiries[^1..]);
        Assert.Equal(["get-and-touch", "touch"], store.Calls);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(5), store.Expires);
    }

    [Theory]
    [InlineData(1000, "get-and-touch")]
    [InlineData(1001, "get-and-touch touch")]
    public async Task A_request_that_takes_longer_than_a_second_touches_once_more(int milliseconds, string calls)
    {
        var store = new TouchingReadStore(_time);
        await using var app = await StartAsync(store, during: () => _time.Advance(TimeSpan.FromMilliseconds(milliseconds)));
        using var begin = await app.GetAsync();
        store.Forget();

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(calls, string.Join(' ', store.Calls));
        Assert.True(store.Expires >= _time.GetUtcNow() + Life - TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(100, "get-and-touch")]
    [InlineData(101, "get-and-touch touch")]
    public async Task With_a_short_lifetime_a_hundredth_of_it_is_the_limit(int milliseconds, string calls)
    {
        var store = new TouchingReadStore(_time);
        await using var app = await StartAsync(
            store,
            static options => options.Cookie.MaxAge = TimeSpan.FromSeconds(10),
            () => _time.Advance(TimeSpan.FromMilliseconds(milliseconds))
        );
        using var begin = await app.GetAsync();
        store.Forget();

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(calls, string.Join(' ', store.Calls));
    }

    [Fact]
    public async Task What_follows_the_first_byte_is_no_second_touch()
    {
        var store = new TouchingReadStore(_time);
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                if (context.Request.Path == "/")
                {
                    context.GetServerSession().Set("n", 1);
                }

                await context.Response.WriteAsync("first");
                await context.Response.Body.FlushAsync();
                _time.Advance(TimeSpan.FromSeconds(5));
                await context.Response.WriteAsync("last");
            },
            static options => options.Cookie.MaxAge = Life,
            store,
            time: _time
        );
        using var begin = await app.GetAsync();
        store.Forget();

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal("firstlast", await read.BodyAsync());
        Assert.Equal(["get-and-touch"], store.Calls);
    }

    [Fact]
    public async Task A_request_that_changes_the_cookie_stores_its_new_lifetime()
    {
        var store = new TouchingReadStore(_time);
        await using var app = await StartAsync(store);
        using var begin = await app.GetAsync();
        store.Forget();

        using var changed = await app.GetAsync("/shorten", begin.Cookie());

        Assert.Equal(["get-and-touch", "touch"], store.Calls);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(1), store.Expires);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(30)]
    public async Task A_session_whose_cookie_has_no_expiry_lives_on_by_the_idle_lifetime_or_the_stores(int? idleMinutes)
    {
        TimeSpan? idle = idleMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
        var store = new TouchingReadStore(_time);
        await using var app = await StartAsync(store, options => (options.Cookie.MaxAge, options.IdleTimeout) = (null, idle));
        using var begin = await app.GetAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        store.Forget();

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(["get-and-touch"], store.Calls);
        Assert.Equal(_time.GetUtcNow() + (idle ?? TouchingReadStore.DefaultLifetime), store.Expires);
    }

    [Theory]
    [InlineData("resave", "get set")]
    [InlineData("absolute", "get touch")]
    [InlineData("throttle", "get")]
    [InlineData("instant", "get touch")]
    public async Task Options_that_decide_at_the_end_leave_the_read_alone(string which, string calls)
    {
        var store = new TouchingReadStore(_time);
        await using var app = await StartAsync(store, options =>
        {
            options.Resave = which == "resave";
            options.AbsoluteTimeout = which == "absolute" ? TimeSpan.FromHours(2) : null;
            options.TouchThrottle = which == "throttle" ? 0.5 : 0;
            if (which == "instant")
            {
                (options.Cookie.MaxAge, options.Cookie.Expires) = (null, Start + TimeSpan.FromHours(1));
            }
        });
        using var begin = await app.GetAsync();
        store.Forget();

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal("1", await read.BodyAsync());
        Assert.Equal(calls, string.Join(' ', store.Calls));
    }

    [Fact]
    public async Task A_lifetime_without_end_is_the_longest_that_there_is()
    {
        var store = new TouchingReadStore(_time);
        await using var app = await StartAsync(store, static options =>
            (options.Cookie.MaxAge, options.EnforceCookieRules) = (TimeSpan.MaxValue, false)
        );
        using var begin = await app.GetAsync();
        store.Forget();

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal("1", await read.BodyAsync());
        Assert.Equal(["get-and-touch"], store.Calls);
        Assert.Equal(DateTimeOffset.MaxValue, store.Expires);
    }

    [Fact]
    public async Task A_session_that_is_absent_is_none_whichever_way_the_store_says_so()
    {
        var store = new TouchingReadStore(_time);
        await using var app = await StartAsync(store);
        using var begin = await app.GetAsync();

        store.ReadFailure = new SessionNotFoundException(SessionStoreOperation.Get, "Test");
        using var notFound = await app.GetAsync("/read", begin.Cookie());
        store.ReadFailure = null;
        _time.Advance(Life);
        using var expired = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(("0", "0"), (await notFound.BodyAsync(), await expired.BodyAsync()));
    }

    [Fact]
    public async Task A_read_that_fails_is_the_failure_of_a_read()
    {
        var store = new TouchingReadStore(_time);
        await using var app = await StartAsync(store);
        using var begin = await app.GetAsync();
        store.ReadFailure = new SessionStoreUnavailableException("The store is away.", SessionStoreOperation.Get, "Test");

        using var read = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(StatusCodes.Status503ServiceUnavailable, (int)read.StatusCode);
    }

    [Fact]
    public async Task A_value_that_is_none_is_refused_at_start() =>
        await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            StartAsync(new TouchingReadStore(_time), static options => options.TouchOnRead = (SessionTouchOnRead)3)
        );

    private Task<TestApp> StartAsync(TouchingReadStore store, Action<ServerSessionOptions>? options = null, Action? during = null) =>
        TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                switch (context.Request.Path.Value)
                {
                    case "/":
                        session.Set("n", session.Get<int>("n") + 1);
                        break;
                    case "/brief":
                        session.Set("n", 1);
                        session.Cookie.MaxAge = TimeSpan.FromMinutes(5);
                        break;
                    case "/shorten":
                        session.Cookie.MaxAge = TimeSpan.FromMinutes(1);
                        break;
                    case "/read":
                        during?.Invoke();
                        break;
                }

                await context.Response.WriteAsync($"{session.Get<int>("n")}");
            },
            configured =>
            {
                configured.Cookie.MaxAge = Life;
                options?.Invoke(configured);
            },
            store,
            time: _time
        );
}
