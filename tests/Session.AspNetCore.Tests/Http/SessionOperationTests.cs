using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

public sealed class SessionOperationTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, 500, TimeSpan.Zero));

    [Fact]
    public async Task Values_of_all_kinds_survive_from_request_to_request()
    {
        await using var app = await TestApp.StartAsync(async context =>
        {
            var session = context.GetServerSession();
            if (context.Request.Path == "/write")
            {
                session.Set("user", new User("Zoë 漢字 😀", ["a", "b"]));
                session.Set("count", 42);
                session.Set<string?>("nothing", null);
                session.Set("lone", "\ud800");
                session.SetJson("raw", """{"n":1.50,"e":"\u0041"}"""u8);
                return;
            }

            Assert.Equal(["user", "count", "nothing", "lone", "raw"], session.Keys);
            Assert.Equal("Zoë 漢字 😀", session.Get<User>("user")!.Name);
            Assert.Equal(42, session.Get<int>("count"));
            Assert.True(session.TryGet<string>("nothing", out var nothing));
            Assert.Null(nothing);
            Assert.False(session.TryGet<string>("absent", out _));
            Assert.Equal("\ud800", session.Get<string>("lone"));
            Assert.True(session.TryGetJson("raw", out var raw));
            Assert.Equal("""{"n":1.50,"e":"\u0041"}""", System.Text.Encoding.UTF8.GetString(raw.Span));
            await context.Response.WriteAsync("ok");
        });

        using var written = await app.GetAsync("/write");
        using var read = await app.GetAsync("/read", written.Cookie());

        Assert.Equal("ok", await read.BodyAsync());
    }

    [Fact]
    public async Task A_value_that_could_not_be_read_back_is_refused_when_it_is_set()
    {
        await using var app = await TestApp.StartAsync(context =>
        {
            var session = context.GetServerSession();
            Assert.Throws<ArgumentException>(() => session.Set("cookie", 1));
            Assert.Throws<ArgumentException>(() => session.SetJson("a", "{"u8));
            Assert.Throws<ArgumentException>(() => session.SetJson("a", ""u8));
            Assert.Throws<ArgumentException>(() => session.SetJson("a", "1 2"u8));
            Assert.Throws<ArgumentException>(() => session.SetJson("a", [(byte)'"', 0xFF, (byte)'"']));
            object deep = 1;
            for (var i = 0; i < 65; i++)
            {
                deep = new[] { deep };
            }

            Assert.Throws<System.Text.Json.JsonException>(() => session.Set("deep", deep));
            Assert.Empty(session.Keys);
            return context.Response.WriteAsync("refused");
        });

        using var response = await app.GetAsync();

        Assert.Equal("refused", await response.BodyAsync());
        Assert.Null(response.SetCookie());
    }

    [Fact]
    public async Task Regenerate_gives_a_new_id_and_kills_the_old_one()
    {
        await using var app = await TestApp.StartAsync(Operations);
        using var first = await app.GetAsync("/set?a=1");
        using var regenerated = await app.GetAsync("/regenerate", first.Cookie());
        using var withOld = await app.GetAsync("/keys", first.Cookie());
        using var withNew = await app.GetAsync("/keys", regenerated.Cookie());

        Assert.NotEqual(first.Cookie(), regenerated.Cookie());
        Assert.Equal("new:", await withOld.BodyAsync());
        Assert.Equal("known:", await withNew.BodyAsync());
    }

    [Fact]
    public async Task Regenerate_carries_the_data_over_where_it_is_asked_to()
    {
        await using var app = await TestApp.StartAsync(Operations);
        using var first = await app.GetAsync("/set?a=1");
        using var regenerated = await app.GetAsync("/regenerate-keep", first.Cookie());
        using var withOld = await app.GetAsync("/keys", first.Cookie());
        using var withNew = await app.GetAsync("/keys", regenerated.Cookie());

        Assert.Equal("new:", await withOld.BodyAsync());
        Assert.Equal("known:a", await withNew.BodyAsync());
    }

    [Fact]
    public async Task Destroy_removes_the_record_and_tells_the_browser_to_drop_the_cookie()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            Operations,
            options =>
            {
                options.Cookie.Domain = "127.0.0.1";
                options.Cookie.SameSite = SameSiteMode.Strict;
            },
            store
        );
        using var first = await app.GetAsync("/set?a=1");
        using var destroyed = await app.GetAsync("/destroy", first.Cookie());
        using var after = await app.GetAsync("/keys", first.Cookie());

        Assert.Equal(0, await store.Inner.LengthAsync());
        Assert.Equal(
            "connect.sid=; Domain=127.0.0.1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict",
            destroyed.SetCookie()
        );
        Assert.Equal("new:", await after.BodyAsync());
    }

    [Theory]
    [InlineData("/destroy")]
    [InlineData("/unset")]
    public async Task A_sign_out_with_a_session_that_the_store_does_not_find_destroys_it_all_the_same(string path)
    {
        // By the clock of another instance it is not over yet: it is there again after the read.
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                switch (context.Request.Path.Value)
                {
                    case "/begin":
                        context.GetServerSession().Set("user", "u");
                        break;
                    case "/destroy":
                        await context.GetServerSession().DestroyAsync();
                        break;
                    case "/unset":
                        _ = context.GetServerSession();
                        context.UnsetServerSession();
                        break;
                }
            },
            options: static options => options.Unset = SessionUnset.Destroy,
            store: store
        );
        using var begin = await app.GetAsync("/begin");
        var sid = Uri.UnescapeDataString(begin.Cookie()).Split("s:")[1].Split('.')[0];
        var record = (await store.Inner.GetAsync(sid))!;
        store.Before = call => call == "get" ? store.Inner.DestroyAsync(sid).AsTask() : Task.CompletedTask;
        store.AfterGet = () => store.Inner.SetAsync(sid, record).AsTask();

        using var response = await app.GetAsync(path, begin.Cookie());

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Null(await store.Inner.GetAsync(sid));
    }

    [Fact]
    public async Task A_destroyed_session_can_no_longer_be_used_and_says_so()
    {
        await using var app = await TestApp.StartAsync(async context =>
        {
            var session = context.GetServerSession();
            var id = session.Id;
            await session.DestroyAsync();
            Assert.Null(context.FindServerSession());
            Assert.Equal(id, context.GetServerSessionId());
            var error = Assert.Throws<InvalidOperationException>(() => session.Set("a", 1));
            Assert.DoesNotContain(id, error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.SaveAsync());
            Assert.Contains(
                "destroyed",
                Assert.Throws<InvalidOperationException>(() => context.GetServerSession()).Message,
                StringComparison.Ordinal
            );
            await context.Response.WriteAsync("ok");
        });

        using var response = await app.GetAsync();

        Assert.Equal("ok", await response.BodyAsync());
    }

    [Fact]
    public async Task Reload_brings_back_what_is_stored_and_of_a_vanished_session_throws()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                await Assert.ThrowsAsync<SessionNotFoundException>(async () => await session.ReloadAsync());
                session.Set("a", 1);
                await session.SaveAsync();
                session.Set("a", 2);
                await session.ReloadAsync();
                Assert.Equal(1, session.Get<int>("a"));
                await store.Inner.ClearAsync();
                session.Set("a", 3);
                await Assert.ThrowsAsync<SessionNotFoundException>(async () => await session.ReloadAsync());
                Assert.Equal(3, session.Get<int>("a"));
                await context.Response.WriteAsync("ok");
            },
            store: store
        );

        using var response = await app.GetAsync();

        Assert.Equal("ok", await response.BodyAsync());
    }

    [Fact]
    public async Task MaxAge_shrinks_as_time_passes_and_each_request_resets_it()
    {
        using var store = new RecordingStore(_time);
        await using var app = await TestApp.StartAsync(
            context =>
            {
                var session = context.GetServerSession();
                session.Set("n", session.Get<int>("n") + 1);
                var before = session.Cookie.MaxAge;
                _time.Advance(TimeSpan.FromSeconds(7));
                return context.Response.WriteAsync(
                    $"{before?.TotalSeconds} {session.Cookie.MaxAge?.TotalSeconds} {session.Cookie.OriginalMaxAge?.TotalSeconds}"
                );
            },
            options => options.Cookie.MaxAge = TimeSpan.FromSeconds(60),
            store,
            time: _time
        );

        using var first = await app.GetAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        using var second = await app.GetAsync(cookie: first.Cookie());

        Assert.Equal("60 53 60", await first.BodyAsync());
        Assert.Equal("40 33 60", await second.BodyAsync());
        Assert.Contains("; Expires=Tue, 24 Nov 2026 12:01:34 GMT; ", second.SetCookie(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_at_its_expiry_to_the_millisecond_and_reading_it_puts_that_off()
    {
        using var store = new RecordingStore(_time);
        await using var app = await TestApp.StartAsync(
            Operations,
            options => options.Cookie.MaxAge = TimeSpan.FromSeconds(10),
            store,
            time: _time
        );
        using var first = await app.GetAsync("/set?a=1");

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        using var alive = await app.GetAsync("/keys", first.Cookie());
        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        using var stillAlive = await app.GetAsync("/keys", first.Cookie());
        _time.Advance(TimeSpan.FromSeconds(10));
        using var dead = await app.GetAsync("/keys", first.Cookie());

        Assert.Equal("known:a", await alive.BodyAsync());
        Assert.Equal("known:a", await stillAlive.BodyAsync());
        Assert.Equal("new:", await dead.BodyAsync());
    }

    [Fact]
    public async Task A_cookie_made_for_the_request_counts_for_its_session()
    {
        await using var app = await TestApp.StartAsync(Operations, options => options.CookiePerRequest = context => new SessionCookieOptions
        {
            MaxAge = context.Request.Query.ContainsKey("remember") ? TimeSpan.FromDays(30) : null,
            Secure = SessionCookieSecure.Auto,
            SameSiteAuto = true,
            Priority = SessionCookiePriority.High,
        });

        using var remembered = await app.GetAsync("/set?a=1&remember");
        using var other = await app.GetAsync("/set?a=1");

        Assert.Contains("; Expires=", remembered.SetCookie(), StringComparison.Ordinal);
        Assert.EndsWith("; Path=/; HttpOnly; Priority=High; SameSite=Lax", other.SetCookie(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SessionProxy.FromRequest, "https", false)]
    [InlineData(SessionProxy.TrustForwardedProto, "https", true)]
    [InlineData(SessionProxy.TrustForwardedProto, "HTTPS , http", true)]
    [InlineData(SessionProxy.TrustForwardedProto, "http, https", false)]
    [InlineData(SessionProxy.TrustForwardedProto, "", false)]
    [InlineData(SessionProxy.ConnectionOnly, "https", false)]
    public async Task Auto_follows_the_transport_as_the_proxy_option_says(SessionProxy proxy, string forwarded, bool secure)
    {
        await using var app = await TestApp.StartAsync(Operations, options =>
        {
            options.Proxy = proxy;
            options.Cookie.Secure = SessionCookieSecure.Auto;
            options.Cookie.SameSiteAuto = true;
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/set?a=1");
        request.Headers.Add("X-Forwarded-Proto", forwarded);

        using var response = await app.Client.SendAsync(request);

        Assert.EndsWith(
            secure ? "; HttpOnly; Secure; SameSite=None" : "; HttpOnly; SameSite=Lax",
            response.SetCookie(),
            StringComparison.Ordinal
        );
    }

    private static async Task Operations(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/set":
                foreach (var (key, value) in context.Request.Query)
                {
                    session.Set(key, value.ToString());
                }

                break;
            case "/regenerate":
                await session.RegenerateAsync();
                break;
            case "/regenerate-keep":
                await session.RenewIdAsync();
                break;
            case "/destroy":
                await session.DestroyAsync();
                return;
        }

        await context.Response.WriteAsync($"{(session.IsNew ? "new" : "known")}:{string.Join(',', session.Keys)}");
    }

    private sealed record User(string Name, string[] Roles);
}
