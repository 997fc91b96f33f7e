using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tests.Proxies;

namespace ServerSessions.Tests.Http;

/// <summary>
/// An application with a proxy in its pipeline, in front of another server with the same sessions: moving route by route. Of the two
/// servers the one behind has the last word on the cookie.
/// </summary>
public sealed class ProxiedCookieTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task What_the_server_behind_makes_of_the_session_is_what_the_browser_is_told(bool isRolling, bool frontWrites)
    {
        using var store = new RecordingStore();
        await using var behind = await StartBehindAsync(store);
        await using var front = await StartFrontAsync(behind, store, isRolling, frontWrites);
        using var begin = await behind.GetAsync("/write");

        using var signIn = await front.GetAsync("/sign-in", begin.Cookie());
        Assert.NotEqual(begin.Cookie(), signIn.Cookie());
        using var after = await front.GetAsync("/who", signIn.Cookie());
        Assert.Equal("alice", await after.BodyAsync());
        using var signOut = await front.GetAsync("/sign-out", signIn.Cookie());
        Assert.Contains("Expires=Thu, 01 Jan 1970", signOut.SetCookie(), StringComparison.Ordinal);
        using var gone = await front.GetAsync("/who", signIn.Cookie());
        Assert.Equal("nobody", await gone.BodyAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_visitor_without_a_session_is_signed_in_by_the_server_behind_whatever_the_front_writes(bool isRolling)
    {
        using var store = new RecordingStore();
        await using var behind = await StartBehindAsync(store);
        await using var front = await StartFrontAsync(behind, store, isRolling, frontWrites: true);

        using var signIn = await front.GetAsync("/sign-in");
        using var after = await front.GetAsync("/who", signIn.Cookie());

        Assert.Equal("alice", await after.BodyAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whichever_the_read_of_the_store_is_no_cookie_is_renewed_of_a_session_that_the_server_behind_has_ended(
        bool isTouchedWhenRead
    )
    {
        var shared = new TouchingReadStore(TimeProvider.System);
        await using var behind = await StartBehindAsync(shared, static options => options.ClearCookieOnDestroy = false);
        await using var front = await StartFrontAsync(behind, shared, isRolling: true, frontWrites: false, options =>
            options.TouchOnRead = isTouchedWhenRead ? SessionTouchOnRead.Always : SessionTouchOnRead.Never
        );
        using var begin = await behind.GetAsync("/write");
        using var still = await front.GetAsync("/who", begin.Cookie());
        Assert.Equal(begin.Cookie(), still.Cookie());

        using var signOut = await front.GetAsync("/sign-out", begin.Cookie());

        Assert.Equal((200, null), ((int)signOut.StatusCode, signOut.SetCookie()));
    }

    [Theory]
    [InlineData("before", "Set-Cookie")]
    [InlineData("after the first byte was asked for", "set-cookie")]
    [InlineData("when the headers are sent", "Set-Cookie")]
    [InlineData("with spaces", "Set-Cookie")]
    public async Task A_cookie_of_the_name_that_is_in_the_response_already_stays_alone(string when, string header)
    {
        const string Theirs = "connect.sid=theirs; Path=/";
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var headers = context.Response.Headers;
                context.GetServerSession().Set("n", 1);
                headers.Append("Set-Cookie", "connect.sid2=another");
                switch (when)
                {
                    case "before":
                        headers.Append(header, Theirs);
                        break;
                    case "with spaces":
                        headers.Append(header, " connect.sid =theirs; Path=/");
                        break;
                    case "when the headers are sent":
                        context.Response.OnStarting(() =>
                        {
                            headers.Append(header, Theirs);
                            return Task.CompletedTask;
                        });
                        break;
                }

                await context.Response.WriteAsync("ok");
                if (when.StartsWith("after", StringComparison.Ordinal))
                {
                    Assert.Contains("connect.sid=s%3A", headers.SetCookie.ToString(), StringComparison.Ordinal);
                    headers.Append(header, Theirs);
                }
            },
            static options => options.Rolling = true,
            before: static app =>
                app.Use(
                    static async (context, next) =>
                    {
                        // Holds the body back, so that headers can still change after the first byte was written.
                        var body = context.Response.Body;
                        using var held = new MemoryStream();
                        context.Response.Body = held;
                        await next(context);
                        context.Response.Body = body;
                        await body.WriteAsync(held.ToArray());
                    }
                )
        );

        using var response = await app.GetAsync();

        var cookies = response.Headers.GetValues("Set-Cookie").ToList();
        Assert.Equal(2, cookies.Count);
        Assert.Contains("connect.sid2=another", cookies);
        Assert.Single(cookies, static cookie => cookie.Contains("theirs", StringComparison.Ordinal));
        Assert.Contains("private", response.Headers.NonValidated["Cache-Control"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_YieldToForeignCookie_both_are_sent_and_the_sessions_comes_last_as_in_express_session()
    {
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.Response.Headers.Append("Set-Cookie", "connect.sid=theirs; Path=/");
                context.GetServerSession().Set("n", 1);
                return context.Response.WriteAsync("ok");
            },
            static options => options.YieldToForeignCookie = false
        );

        using var response = await app.GetAsync();

        var cookies = response.Headers.GetValues("Set-Cookie").ToList();
        Assert.Equal(2, cookies.Count);
        Assert.StartsWith("connect.sid=theirs", cookies[0], StringComparison.Ordinal);
        Assert.StartsWith("connect.sid=s%3A", cookies[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_YieldToForeignCookie_the_foreign_cookie_is_kept_out_of_caches_too()
    {
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.Response.Headers.Append("Set-Cookie", "connect.sid=theirs; Path=/");
                Assert.NotNull(context.FindServerSession());
                return context.Response.WriteAsync("ok");
            },
            static options => options.YieldToForeignCookie = false
        );

        using var response = await app.GetAsync();

        Assert.Equal("connect.sid=theirs; Path=/", Assert.Single(response.Headers.GetValues("Set-Cookie")));
        Assert.Contains("no-cache=\"Set-Cookie\"", response.Headers.NonValidated["Cache-Control"].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_RenewCookieOfGoneSession_the_cookie_of_a_session_that_has_ended_meanwhile_is_renewed_as_in_express_session(
        bool renews
    )
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/write")
                {
                    session.Set("n", 1);
                }
                else
                {
                    await store.DestroyAsync(session.Id);
                }
            },
            options => (options.Rolling, options.RenewCookieOfGoneSession) = (true, renews),
            store
        );
        using var begin = await app.GetAsync("/write");

        using var response = await app.GetAsync("/end", begin.Cookie());

        Assert.Equal(renews ? begin.SetCookie() : null, response.SetCookie());
        Assert.Null(await store.GetAsync(begin.Cookie().Split("s%3A")[1].Split('.')[0]));
    }

    private static Task<TestApp> StartBehindAsync(ISessionStore store, Action<ServerSessionOptions>? options = null) =>
        TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                switch (context.Request.Path.Value)
                {
                    case "/sign-in":
                        await session.RegenerateAsync();
                        session.Set("user", "alice");
                        break;
                    case "/sign-out":
                        await session.DestroyAsync();
                        return;
                    case "/write":
                        session.Set("n", 1);
                        break;
                    case "/who":
                        await context.Response.WriteAsync(session.Get<string>("user") ?? "nobody");
                        break;
                }
            },
            options,
            store
        );

    private static Task<TestApp> StartFrontAsync(
        TestApp behind,
        ISessionStore store,
        bool isRolling,
        bool frontWrites,
        Action<ServerSessionOptions>? options = null
    ) =>
        TestApp.StartAsync(
            static _ => Task.CompletedTask,
            front =>
            {
                front.Rolling = isRolling;
                front.Cookie.MaxAge = TimeSpan.FromHours(1);
                options?.Invoke(front);
            },
            store,
            before: app =>
            {
                app.UseServerSessions();
                if (frontWrites)
                {
                    app.Use(
                        static (context, next) =>
                        {
                            context.GetServerSession().Set("seen", context.Connection.Id + context.TraceIdentifier);
                            return next(context);
                        }
                    );
                }

                app.UseRouting();
                app.MapReverseProxy();
                app.UseEndpoints(static _ => { });
            },
            sessions: sessions => sessions.Services.AddProxyTo(behind.Address)
        );
}
