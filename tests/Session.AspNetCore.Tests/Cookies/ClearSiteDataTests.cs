using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Cookies;

/// <summary><c>Clear-Site-Data</c>: what a browser whose session was destroyed is asked to remove.</summary>
public sealed class ClearSiteDataTests
{
    public static TheoryData<SessionSiteData, string> Data =>
        new()
        {
            { SessionSiteData.Cache, "\"cache\"" },
            { SessionSiteData.Cookies, "\"cookies\"" },
            { SessionSiteData.Cache | SessionSiteData.Storage, "\"cache\", \"storage\"" },
            { SessionSiteData.Cache | SessionSiteData.Cookies | SessionSiteData.Storage, "\"cache\", \"cookies\", \"storage\"" },
        };

    [Theory]
    [MemberData(nameof(Data))]
    public async Task A_browser_whose_session_was_destroyed_is_asked_to_remove_what_the_option_names(SessionSiteData data, string expected)
    {
        await using var app = await StartAsync(data);
        foreach (var path in new[] { "/destroy", "/destroy-and-write", "/unset" })
        {
            using var begin = await app.GetAsync("/begin");
            using var ended = await app.GetAsync(path, begin.Cookie());

            Assert.Equal((null, expected), (Header(begin), Header(ended)));
        }
    }

    [Fact]
    public async Task By_default_it_is_asked_nothing()
    {
        await using var app = await StartAsync(new ServerSessionOptions().ClearSiteDataOnDestroy);
        using var begin = await app.GetAsync("/begin");
        using var ended = await app.GetAsync("/destroy", begin.Cookie());

        Assert.Null(Header(ended));
    }

    [Fact]
    public async Task Over_http_where_browsers_ignore_it_it_is_not_sent()
    {
        await using var app = await StartAsync(SessionSiteData.Cache, isHttps: false);
        using var begin = await app.GetAsync("/begin");
        using var ended = await app.GetAsync("/destroy", begin.Cookie());

        Assert.NotNull(ended.SetCookie());
        Assert.Null(Header(ended));
    }

    [Fact]
    public async Task A_visitor_who_came_without_the_cookie_keeps_everything()
    {
        await using var app = await StartAsync(SessionSiteData.Cache);
        using var ended = await app.GetAsync("/destroy");

        Assert.Null(Header(ended));
    }

    [Theory]
    [InlineData("/renew")]
    [InlineData("/empty")]
    [InlineData("/begin")]
    public async Task A_session_that_goes_on_keeps_everything(string path)
    {
        await using var app = await StartAsync(SessionSiteData.Cache);
        using var begin = await app.GetAsync("/begin");
        using var response = await app.GetAsync(path, begin.Cookie());

        Assert.Null(Header(response));
    }

    [Fact]
    public async Task A_destroy_that_fails_removes_nothing()
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(SessionSiteData.Cache, store: store);
        using var begin = await app.GetAsync("/begin");
        store.Before = static call =>
            call == "destroy" ? throw new SessionStoreException("no", SessionStoreOperation.Destroy, "Test", true) : Task.CompletedTask;

        foreach (var path in new[] { "/destroy", "/unset" })
        {
            using var failed = await app.GetAsync(path, begin.Cookie());
            Assert.Equal((503, null), ((int)failed.StatusCode, Header(failed)));
        }
    }

    [Fact]
    public async Task It_goes_without_the_expired_cookie_too()
    {
        await using var app = await StartAsync(SessionSiteData.Storage, static options => options.ClearCookieOnDestroy = false);
        using var begin = await app.GetAsync("/begin");
        using var ended = await app.GetAsync("/destroy", begin.Cookie());

        Assert.Equal((null, "\"storage\""), (ended.SetCookie(), Header(ended)));
    }

    [Fact]
    public async Task What_the_application_asks_for_itself_stays_and_nothing_is_asked_twice()
    {
        await using var app = await StartAsync(SessionSiteData.Cache | SessionSiteData.Storage);
        using var begin = await app.GetAsync("/begin");
        using var ended = await app.GetAsync("/own-and-destroy", begin.Cookie());

        Assert.Equal("\"executionContexts\", \"cache\", \"storage\"", Header(ended));
    }

    [Fact]
    public async Task If_another_server_has_just_set_a_cookie_of_the_name_it_is_not_sent()
    {
        await using var app = await StartAsync(SessionSiteData.Cookies);
        using var begin = await app.GetAsync("/begin");
        using var ended = await app.GetAsync("/other-and-destroy", begin.Cookie());

        Assert.StartsWith("connect.sid=theirs", ended.SetCookie(), StringComparison.Ordinal);
        Assert.Null(Header(ended));
    }

    private static string? Header(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Clear-Site-Data", out var values) ? string.Join(" | ", values) : null;

    private static Task<TestApp> StartAsync(
        SessionSiteData data,
        Action<ServerSessionOptions>? configure = null,
        bool isHttps = true,
        ISessionStore? store = null
    ) =>
        TestApp.StartAsync(
            HandleAsync,
            options =>
            {
                (options.ClearSiteDataOnDestroy, options.Unset) = (data, SessionUnset.Destroy);
                configure?.Invoke(options);
            },
            store,
            before: app =>
                app.Use(
                    (context, next) =>
                    {
                        context.Request.Scheme = isHttps ? "https" : "http";
                        return next(context);
                    }
                )
        );

    private static async Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        switch (context.Request.Path.Value)
        {
            case "/begin":
                session.Set("n", 1);
                break;
            case "/renew":
                await session.RenewIdAsync();
                break;
            case "/empty":
                await session.RegenerateAsync();
                break;
            case "/unset":
                context.UnsetServerSession();
                break;
            case "/destroy":
                await session.DestroyAsync();
                break;
            case "/destroy-and-write":
                await session.DestroyAsync();
                await context.Response.WriteAsync("signed out");
                break;
            case "/own-and-destroy":
                context.Response.Headers["Clear-Site-Data"] = "\"executionContexts\", \"cache\"";
                await session.DestroyAsync();
                await context.Response.WriteAsync("signed out");
                break;
            case "/other-and-destroy":
                await session.DestroyAsync();
                context.Response.Headers.SetCookie = "connect.sid=theirs; Path=/";
                break;
        }
    }
}
