using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Caching;

/// <summary>What shared caches on the way are told of a response for which the session was used.</summary>
public sealed class CacheHeaderTests
{
    public static TheoryData<string?, string?, string, string, string> Headers =>
        new()
        {
            { null, null, "private, no-cache=\"Set-Cookie\"", "private", "Cookie" },
            { "no-store", "Accept", "no-store", "no-store", "Accept, Cookie" },
            {
                "must-understand, no-store, max-age=60",
                null,
                "no-store, max-age=60, must-understand, private, no-cache=\"Set-Cookie\"",
                "no-store, max-age=60, must-understand, private",
                "Cookie"
            },
            { "private, max-age=60", "*", "private, max-age=60", "private, max-age=60", "*" },
            { "no-cache", "cookie", "no-cache, private", "no-cache, private", "cookie" },
            { "public, max-age=60, s-maxage=600", null, "max-age=60, private, no-cache=\"Set-Cookie\"", "max-age=60, private", "Cookie" },
            {
                "public, max-age=600, private=\"X-Foo\"",
                "Accept, COOKIE",
                "max-age=600, private, no-cache=\"Set-Cookie\"",
                "max-age=600, private",
                "Accept, COOKIE"
            },
            { "private=\"Set-Cookie\"", null, "private, no-cache=\"Set-Cookie\"", "private", "Cookie" },
            { "public, no-cache=\"Set-Cookie\"", null, "no-cache=\"Set-Cookie\", private", "no-cache=\"Set-Cookie\", private", "Cookie" },
            { "max-age=600, foo=\"bar", null, "no-store, private", "no-store, private", "Cookie" },
            {
                "public, immutable, max-age=31536000",
                null,
                "max-age=31536000, immutable, private, no-cache=\"Set-Cookie\"",
                "max-age=31536000, immutable, private",
                "Cookie"
            },
        };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_response_with_the_cookie_or_about_the_session_is_kept_out_of_shared_caches(
        string? cacheControl,
        string? vary,
        string withCookie,
        string withoutCookie,
        string expectedVary
    )
    {
        await using var app = await StartAsync(context =>
        {
            context.Response.Headers.CacheControl = cacheControl;
            context.Response.Headers.Vary = vary;
        });

        using var written = await app.GetAsync("/write");
        using var read = await app.GetAsync("/read", written.Cookie());
        using var left = await app.GetAsync("/leave", written.Cookie());

        Assert.Equal((withCookie, expectedVary), (Line(written, "Cache-Control"), Line(written, "Vary")));
        Assert.Equal((withoutCookie, expectedVary), (Line(read, "Cache-Control"), Line(read, "Vary")));
        Assert.Equal((cacheControl, vary), (Line(left, "Cache-Control"), Line(left, "Vary")));
    }

    public static TheoryData<string> Asking =>
        ["GetServerSession", "FindServerSession", "GetServerSessionId", "UnsetServerSession", "DestroyAsync", "parameter"];

    [Theory]
    [MemberData(nameof(Asking))]
    public async Task Whoever_asks_for_the_session_makes_the_response_private(string how)
    {
        await using var app = await StartAsync(static _ => { });
        using var begin = await app.GetAsync("/write");

        using var asked = await app.GetAsync($"/{how}", begin.Cookie());

        Assert.StartsWith("private", Line(asked, "Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("Cookie", Line(asked, "Vary"));
    }

    [Fact]
    public async Task A_request_that_has_no_session_and_asks_for_the_id_alone_stays_cacheable()
    {
        await using var app = await StartAsync(static _ => { });

        using var asked = await app.GetAsync("/GetServerSessionId");

        Assert.Null(Line(asked, "Cache-Control"));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(301)]
    [InlineData(304)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Whatever_its_status(int status)
    {
        await using var app = await StartAsync(
            context =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.CacheControl = "public, max-age=600";
            },
            static options => options.Rolling = true
        );
        using var begin = await app.GetAsync("/write");
        using var next = await app.GetAsync("/read", begin.Cookie());

        foreach (var response in new[] { begin, next })
        {
            Assert.Equal(status, (int)response.StatusCode);
            Assert.NotNull(response.SetCookie());
            Assert.Equal("max-age=600, private, no-cache=\"Set-Cookie\"", Line(response, "Cache-Control"));
            Assert.Equal("Cookie", Line(response, "Vary"));
        }
    }

    [Theory]
    [InlineData("/write", true)]
    [InlineData("/read", true)]
    [InlineData("/write", false)]
    [InlineData("/read", false)]
    public async Task What_a_callback_before_the_headers_sets_does_not_undo_it(string path, bool hasBody)
    {
        await using var app = await TestApp.StartAsync(async context =>
        {
            var session = context.GetServerSession();
            if (context.Request.Path == "/write")
            {
                session.Set("at", context.TraceIdentifier);
            }

            context.Response.OnStarting(() =>
            {
                context.Response.Headers.CacheControl = "public, max-age=600";
                context.Response.Headers.Vary = "Accept";
                return Task.CompletedTask;
            });
            if (hasBody)
            {
                await context.Response.WriteAsync("ok");
            }
        });
        using var begin = await app.GetAsync("/write");
        using var response = await app.GetAsync(path, begin.Cookie());

        foreach (var one in new[] { begin, response })
        {
            Assert.StartsWith("max-age=600, private", Line(one, "Cache-Control"), StringComparison.Ordinal);
            Assert.Equal("Accept, Cookie", Line(one, "Vary"));
        }
    }

    [Theory]
    [InlineData("CDN-Cache-Control")]
    [InlineData("Surrogate-Control")]
    [InlineData("Cloudflare-CDN-Cache-Control")]
    [InlineData("Netlify-CDN-Cache-Control")]
    [InlineData("Vercel-CDN-Cache-Control")]
    [InlineData("Edge-Control")]
    [InlineData("X-LiteSpeed-Cache-Control")]
    [InlineData("X-Accel-Expires", "0")]
    public async Task What_is_said_to_caches_of_one_kind_is_protected_too(string header, string expected = "no-store")
    {
        await using var app = await StartAsync(context => context.Response.Headers[header] = "public, max-age=600");
        using var begin = await app.GetAsync("/write");
        using var left = await app.GetAsync("/leave", begin.Cookie());

        Assert.Equal((expected, "public, max-age=600"), (Line(begin, header), Line(left, header)));
    }

    [Fact]
    public async Task A_visitor_who_is_unknown_because_the_store_is_away_is_not_served_to_all()
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(
            static context => context.Response.Headers.CacheControl = "public, max-age=600",
            static options => options.WhenLoadFails = SessionFailureBehavior.Continue,
            store
        );
        using var begin = await app.GetAsync("/write");
        store.Before = static call =>
            call == "get" ? throw new SessionStoreException("no", SessionStoreOperation.Get, "Test", true) : Task.CompletedTask;

        using var unknown = await app.GetAsync("/FindServerSession", begin.Cookie());
        using var left = await app.GetAsync("/leave", begin.Cookie());

        Assert.Equal(("max-age=600, private", "public, max-age=600"), (Line(unknown, "Cache-Control"), Line(left, "Cache-Control")));
    }

    private static string? Line(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static Task<TestApp> StartAsync(
        Action<HttpContext> respond,
        Action<ServerSessionOptions>? options = null,
        ISessionStore? store = null
    ) =>
        TestApp.StartAsync(
            async context =>
            {
                respond(context);
                switch (context.Request.Path.Value)
                {
                    case "/write":
                        context.GetServerSession().Set("n", 1);
                        break;
                    case "/read":
                    case "/GetServerSession":
                        context.GetServerSession().Get<int>("n");
                        break;
                    case "/FindServerSession":
                        context.FindServerSession();
                        break;
                    case "/GetServerSessionId":
                        context.GetServerSessionId();
                        break;
                    case "/UnsetServerSession":
                        context.UnsetServerSession();
                        break;
                    case "/DestroyAsync":
                        await context.GetServerSession().DestroyAsync();
                        break;
                    case "/parameter":
                        await ServerSession.BindAsync(context, null!);
                        break;
                }
            },
            options,
            store
        );
}
