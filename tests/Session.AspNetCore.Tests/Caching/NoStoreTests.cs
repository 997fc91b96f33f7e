using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Caching;

/// <summary>
/// <see cref="SessionCacheProtection.NoStore"/>: no cache keeps a response that is about the session, the browser's own included.
/// </summary>
public sealed class NoStoreTests
{
    public static TheoryData<string?, string> Headers =>
        new()
        {
            { null, "no-store" },
            { "no-store", "no-store" },
            { "private, max-age=60", "no-store" },
            { "no-cache=\"Set-Cookie\"", "no-store" },
            { "public, max-age=60, s-maxage=600, immutable, stale-while-revalidate=30", "no-store" },
            { "must-understand, no-store, max-age=60", "no-store" },
            { "max-age=600, no-transform", "no-store, no-transform" },
            { "max-age=600, foo=\"bar", "no-store" },
        };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task From_the_first_use_of_the_session_on_no_cache_may_store_the_response(string? set, string expected)
    {
        await using var app = await StartAsync(context => context.Response.Headers.CacheControl = set);

        using var written = await app.GetAsync("/write");
        using var read = await app.GetAsync("/read", written.Cookie());
        using var none = await app.GetAsync("/read");
        using var destroyed = await app.GetAsync("/destroy", written.Cookie());
        using var unused = await app.GetAsync("/unused", written.Cookie());

        foreach (var response in new[] { written, read, none, destroyed })
        {
            Assert.Equal((expected, "Cookie"), (Line(response, "Cache-Control"), Line(response, "Vary")));
        }

        Assert.Equal((set, null), (Line(unused, "Cache-Control"), Line(unused, "Vary")));
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task At_every_status(int status)
    {
        await using var app = await StartAsync(context => context.Response.StatusCode = status);

        using var response = await app.GetAsync("/write");

        Assert.Equal((status, "no-store"), ((int)response.StatusCode, Line(response, "Cache-Control")));
    }

    [Theory]
    [InlineData("/write")]
    [InlineData("/read")]
    [InlineData("/body")]
    public async Task A_callback_before_the_headers_does_not_undo_it(string path)
    {
        await using var app = await StartAsync(static context =>
        {
            context.GetServerSession();
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.CacheControl = "public, max-age=600";
                return Task.CompletedTask;
            });
        });
        using var begin = await app.GetAsync("/write");

        using var response = await app.GetAsync(path, begin.Cookie());

        Assert.Equal(("no-store", "no-store"), (Line(begin, "Cache-Control"), Line(response, "Cache-Control")));
    }

    [Fact]
    public async Task Headers_for_a_CDN_alone_are_refused_too()
    {
        await using var app = await StartAsync(static context => context.Response.Headers["CDN-Cache-Control"] = "public, max-age=600");

        using var response = await app.GetAsync("/write");

        Assert.Equal("no-store", Line(response, "CDN-Cache-Control"));
    }

    [Fact]
    public async Task A_visitor_who_is_unknown_because_the_store_is_away_is_not_stored_either()
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(
            static _ => { },
            store,
            static options => options.WhenLoadFails = SessionFailureBehavior.Continue
        );
        using var begin = await app.GetAsync("/write");
        store.Before = static call =>
            call == "get" ? throw new SessionStoreException("no", SessionStoreOperation.Get, "Test", true) : Task.CompletedTask;

        using var unknown = await app.GetAsync("/find", begin.Cookie());

        Assert.Equal("no-store", Line(unknown, "Cache-Control"));
    }

    private static string? Line(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static Task<TestApp> StartAsync(
        Action<HttpContext> respond,
        ISessionStore? store = null,
        Action<ServerSessionOptions>? configure = null
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
                        context.GetServerSession().Get<int>("n");
                        break;
                    case "/find":
                        context.FindServerSession();
                        break;
                    case "/body":
                        context.GetServerSession().Get<int>("n");
                        await context.Response.WriteAsync("body");
                        break;
                    case "/destroy":
                        await context.GetServerSession().DestroyAsync();
                        break;
                }
            },
            options =>
            {
                options.CacheProtection = SessionCacheProtection.NoStore;
                configure?.Invoke(options);
            },
            store
        );
}
