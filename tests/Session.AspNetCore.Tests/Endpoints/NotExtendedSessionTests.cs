using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Endpoints;

/// <summary>An endpoint that does not extend the session, such as one that an open page polls.</summary>
public sealed class NotExtendedSessionTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(20);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<string> Lifetimes => ["MaxAge", "IdleTimeout", "AbsoluteTimeout", "Resave", "Rolling", "TouchThrottle"];

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public async Task An_open_page_that_polls_does_not_keep_its_user_signed_in(string lifetime)
    {
        await using var site = await StartAsync(options => Configure(options, lifetime));
        var cookie = await site.SignInAsync();

        for (var minute = 1; minute < 20; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            using var poll = await site.GetAsync("/poll", cookie);
            Assert.Equal(("ada", (string?)null), (await poll.BodyAsync(), poll.SetCookie()));
        }

        Assert.All(site.Recorded.Calls, static call => Assert.Equal("get", call));
        _time.Advance(TimeSpan.FromMinutes(2));
        using var after = await site.GetAsync("/poll", cookie);
        Assert.Equal("nobody", await after.BodyAsync());
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public async Task A_change_is_stored_and_does_not_extend_the_session(string lifetime)
    {
        await using var site = await StartAsync(options => Configure(options, lifetime));
        var cookie = await site.SignInAsync();
        var before = (await site.Recorded.TheOnlySessionAsync()).Expires;
        _time.Advance(TimeSpan.FromMinutes(10));

        using var poll = await site.GetAsync("/poll-and-note", cookie);
        using var next = await site.GetAsync("/poll", cookie);

        Assert.Equal((string?)null, poll.SetCookie());
        Assert.Equal("ada noted", await next.BodyAsync());
        Assert.Equal(before, (await site.Recorded.TheOnlySessionAsync()).Expires);
    }

    [Theory]
    [InlineData("MaxAge")]
    [InlineData("IdleTimeout")]
    public async Task A_change_that_meets_one_of_a_parallel_request_does_not_extend_the_session_either(string lifetime)
    {
        await using var site = await StartAsync(options => Configure(options, lifetime));
        var cookie = await site.SignInAsync();
        var before = (await site.Recorded.TheOnlySessionAsync()).Expires;
        _time.Advance(TimeSpan.FromMinutes(10));
        var isFirst = true;
        site.Recorded.Before = async call =>
        {
            if (call == "set" && isFirst)
            {
                isFirst = false;
                (await site.GetAsync("/poll-and-note?key=other", cookie)).Dispose();
            }
        };

        using var poll = await site.GetAsync("/poll-and-note", cookie);
        using var next = await site.GetAsync("/keys", cookie);

        Assert.Equal("note other user", await next.BodyAsync());
        Assert.Equal(before, (await site.Recorded.TheOnlySessionAsync()).Expires);
    }

    [Theory]
    [InlineData("MaxAge", "/update-and-note", false)]
    [InlineData("MaxAge", "/save-and-note", false)]
    [InlineData("IdleTimeout", "/update-and-note", false)]
    [InlineData("IdleTimeout", "/save-and-note", false)]
    [InlineData("IdleTimeout", "/update-and-note", true)]
    [InlineData("IdleTimeout", "/save-and-note", true)]
    public async Task A_write_that_is_confirmed_when_its_session_has_ended_does_not_bring_it_back(
        string lifetime,
        string path,
        bool isSignedOut
    )
    {
        await using var site = await StartAsync(options => Configure(options, lifetime));
        var cookie = await site.SignInAsync();
        _time.Advance(Life - TimeSpan.FromMilliseconds(1));
        var isFirst = true;
        site.Recorded.AfterTrySet = async () =>
        {
            if (!isFirst)
            {
                return;
            }

            isFirst = false;
            var sid = await site.Recorded.Inner.AllAsync().Select(static entry => entry.Sid).SingleAsync();
            if (isSignedOut)
            {
                // Another request has prolonged the session, and a third one ends it.
                var prolonged = new SessionRecord("{}"u8.ToArray(), _time.GetUtcNow() + Life);
                Assert.True(await site.Recorded.Inner.TouchAsync(sid, prolonged));
            }

            _time.Advance(TimeSpan.FromMilliseconds(1));
            if (isSignedOut)
            {
                await site.Recorded.Inner.DestroyAsync(sid);
            }
        };

        using var response = await site.GetAsync(path, cookie);

        Assert.Equal((200, (string?)null), ((int)response.StatusCode, response.SetCookie()));
        Assert.Equal(0, await site.Recorded.Inner.LengthAsync());
    }

    [Theory]
    [InlineData("/touch", "MaxAge", false)]
    [InlineData("/touch", "IdleTimeout", false)]
    [InlineData("/renew", "MaxAge", true)]
    [InlineData("/renew", "IdleTimeout", true)]
    public async Task Touch_and_a_new_id_extend_the_session_all_the_same(string path, string lifetime, bool setsCookie)
    {
        await using var site = await StartAsync(options => Configure(options, lifetime));
        var cookie = await site.SignInAsync();
        _time.Advance(TimeSpan.FromMinutes(10));

        using var response = await site.GetAsync(path, cookie);

        Assert.Equal(setsCookie, response.SetCookie() is not null);
        Assert.Equal(_time.GetUtcNow() + Life, (await site.Recorded.TheOnlySessionAsync()).Expires);
    }

    [Fact]
    public async Task The_read_does_not_touch_either()
    {
        var store = new TouchingReadStore(_time);
        await using var site = await StartAsync(static options => options.Cookie.MaxAge = Life, store);
        var cookie = await site.SignInAsync();
        var before = store.Expires;
        store.Forget();
        _time.Advance(TimeSpan.FromMinutes(10));

        using var poll = await site.GetAsync("/poll", cookie);

        Assert.Equal("ada", await poll.BodyAsync());
        Assert.Equal(["get"], store.Calls);
        Assert.Equal(before, store.Expires);
    }

    [Fact]
    public async Task A_session_that_begins_there_has_its_whole_life()
    {
        await using var site = await StartAsync(static options => options.Cookie.MaxAge = Life);

        using var poll = await site.GetAsync("/poll-and-note");

        Assert.NotNull(poll.SetCookie());
        Assert.Equal(_time.GetUtcNow() + Life, (await site.Recorded.TheOnlySessionAsync()).Expires);
    }

    [Fact]
    public async Task An_endpoint_of_the_group_that_is_enabled_again_extends_the_session()
    {
        await using var site = await StartAsync(static options => options.Cookie.MaxAge = Life);
        var cookie = await site.SignInAsync();

        using var response = await site.GetAsync("/used", cookie);

        Assert.Equal(["get", "touch"], site.Recorded.Calls);
    }

    private static void Configure(ServerSessionOptions options, string lifetime)
    {
        switch (lifetime)
        {
            case "IdleTimeout":
                options.IdleTimeout = Life;
                return;
            case "AbsoluteTimeout":
                (options.IdleTimeout, options.AbsoluteTimeout) = (Life, TimeSpan.FromDays(1));
                return;
            case "TouchThrottle":
                options.TouchThrottle = 0.01;
                break;
            default:
                (options.Resave, options.Rolling) = (lifetime == "Resave", lifetime == "Rolling");
                break;
        }

        options.Cookie.MaxAge = Life;
    }

    private Task<EndpointSite> StartAsync(Action<ServerSessionOptions> options, ISessionStore? store = null) =>
        EndpointSite.StartAsync(
            static app =>
            {
                var group = app.MapGroup("").DoNotExtendServerSession();
                group.MapGet("/poll", static (ServerSession session) =>
                    (session.Get<string>("user") ?? "nobody") + (session.Get<bool>("note") ? " noted" : "")
                );
                group.MapGet("/poll-and-note", static (string? key, ServerSession session) => session.Set(key ?? "note", true));
                group.MapGet(
                    "/update-and-note",
                    static async (ServerSession session) =>
                    {
                        await session.UpdateAsync<int>("n", static n => n + 1);
                        session.Set("note", true);
                    }
                );
                group.MapGet(
                    "/save-and-note",
                    static async (ServerSession session) =>
                    {
                        session.Set("n", 1);
                        await session.SaveAsync();
                        session.Set("note", true);
                    }
                );
                group.MapGet("/keys", static (ServerSession session) => string.Join(' ', session.Keys.Order(StringComparer.Ordinal)));
                group.MapGet("/touch", static (ServerSession session) => session.Touch());
                group.MapGet("/renew", static (ServerSession session) => session.RenewIdAsync().AsTask());
                group.MapGet("/used", static (ServerSession session) => session.Count).EnableServerSession();
            },
            options,
            store,
            _time
        );
}
