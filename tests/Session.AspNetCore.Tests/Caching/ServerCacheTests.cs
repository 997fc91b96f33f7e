using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Caching;

/// <summary>
/// ASP.NET Core's output and response caching, in front of the session middleware and behind it: a page for which the session was used is
/// served to the visitor who asked for it, and to no other.
/// </summary>
public sealed class ServerCacheTests
{
    public static TheoryData<string, bool, string> Ways
    {
        get
        {
            var ways = new TheoryData<string, bool, string>();
            foreach (var cache in new[] { "output", "response" })
            {
                foreach (var way in BodyWays.All)
                {
                    ways.Add(cache, true, way);
                    ways.Add(cache, false, way);
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_page_that_only_reads_the_session_is_shown_to_its_owner_alone(string cache, bool isCacheInFront, string way)
    {
        await using var app = await StartAsync(cache, isCacheInFront, way, static _ => { });
        using var signedIn = await app.GetAsync("/sign-in/alice");
        using var other = await app.GetAsync("/sign-in/bob");
        var (alice, bob) = (signedIn.Cookie(), other.Cookie());

        foreach (var (path, visitors) in new[] { ("/one", new[] { alice, bob, null }), ("/two", [null, alice, bob]) })
        {
            foreach (var visitor in visitors)
            {
                using var page = await app.GetAsync(path, visitor);
                Assert.Equal($"page of {(visitor == alice ? "alice" : visitor == bob ? "bob" : "nobody")}", Page(page));
                AssertPrivate(page);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_page_that_writes_to_the_session_gives_each_visitor_one_of_its_own(string cache, bool isCacheInFront, string way)
    {
        await using var app = await StartAsync(cache, isCacheInFront, way, static context =>
            context.GetServerSession().Set("seen", context.TraceIdentifier)
        );

        using var first = await app.GetAsync("/page");
        using var second = await app.GetAsync("/page");

        Assert.NotEqual(first.Cookie(), second.Cookie());
        AssertPrivate(first);
        AssertPrivate(second);
    }

    [Theory]
    [InlineData("output", true)]
    [InlineData("output", false)]
    [InlineData("response", true)]
    [InlineData("response", false)]
    public async Task A_page_that_does_not_ask_for_the_session_is_cached_for_those_who_have_one_too(string cache, bool isCacheInFront)
    {
        await using var app = await StartAsync(cache, isCacheInFront, "WriteAsync", static _ => { });
        using var signedIn = await app.GetAsync("/sign-in/alice");

        using var first = await app.GetAsync("/logo", signedIn.Cookie());
        using var second = await app.GetAsync("/logo");

        Assert.Equal(await first.BodyAsync(), await second.BodyAsync());
        Assert.True(second.Headers.Contains("Age"));
        Assert.Equal("public, max-age=600", second.Headers.NonValidated["Cache-Control"].ToString());
        Assert.False(second.Headers.Contains("Vary"));
    }

    [Theory]
    [InlineData("output", "WriteAsync")]
    [InlineData("output", "Body.Write")]
    [InlineData("output", "SendFileAsync")]
    [InlineData("output", "Advance and flush")]
    public async Task A_session_that_is_used_before_the_cache_keeps_what_is_written_behind_it_out(string cache, string way)
    {
        await using var app = await StartAsync(cache, isCacheInFront: false, way, static _ => { }, readsInFront: true);
        using var signedIn = await app.GetAsync("/sign-in/alice");

        using var first = await app.GetAsync("/items", signedIn.Cookie());
        using var second = await app.GetAsync("/items");

        Assert.Equal(("page of alice", "page of nobody"), (Page(first), Page(second)));
    }

    [Theory]
    [InlineData("output", true)]
    [InlineData("response", true)]
    [InlineData("output", false)]
    [InlineData("response", false)]
    public async Task With_CacheProtection_None_the_application_decides_as_with_express_session(string cache, bool isCacheInFront)
    {
        await using var app = await StartAsync(
            cache,
            isCacheInFront,
            "WriteAsync",
            static _ => { },
            options: static options => options.CacheProtection = SessionCacheProtection.None
        );
        using var signedIn = await app.GetAsync("/sign-in/alice");

        using var first = await app.GetAsync("/page", signedIn.Cookie());
        using var second = await app.GetAsync("/page");

        Assert.Equal("page of alice", Page(second));
        Assert.Equal("public, max-age=600", first.Headers.NonValidated["Cache-Control"].ToString());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task With_NoStore_a_page_that_reads_the_session_is_stored_by_no_cache(string cache, bool isCacheInFront, string way)
    {
        await using var app = await StartAsync(
            cache,
            isCacheInFront,
            way,
            static context => context.Response.Headers.CacheControl = "public, max-age=600",
            options: static options => options.CacheProtection = SessionCacheProtection.NoStore
        );
        using var signedIn = await app.GetAsync("/sign-in/alice");

        using var first = await app.GetAsync("/page", signedIn.Cookie());
        using var second = await app.GetAsync("/page");

        Assert.Equal(("page of alice", "page of nobody"), (Page(first), Page(second)));
        Assert.Equal(
            ("no-store", "no-store"),
            (first.Headers.NonValidated["Cache-Control"].ToString(), second.Headers.NonValidated["Cache-Control"].ToString())
        );
    }

    private static void AssertPrivate(HttpResponseMessage page)
    {
        var control = page.Headers.NonValidated["Cache-Control"].ToString();
        Assert.Contains("private", control, StringComparison.Ordinal);
        Assert.DoesNotContain("public", control, StringComparison.Ordinal);
        Assert.Contains("Cookie", page.Headers.NonValidated["Vary"]);
    }

    private static string Page(HttpResponseMessage page) => page.Headers.GetValues("X-Page").Single();

    private static Task<TestApp> StartAsync(
        string cache,
        bool isCacheInFront,
        string way,
        Action<HttpContext> use,
        bool readsInFront = false,
        Action<ServerSessionOptions>? options = null
    ) =>
        TestApp.StartAsync(
            async context =>
            {
                var response = context.Response;
                if (context.Request.Path.StartsWithSegments("/sign-in", out var user))
                {
                    context.GetServerSession().Set("user", user.Value![1..]);
                    return;
                }

                if (context.Request.Path == "/logo")
                {
                    response.Headers.CacheControl = "public, max-age=600";
                    await response.WriteAsync(context.TraceIdentifier);
                    return;
                }

                var owner = readsInFront ? (string)context.Items["user"]! : context.GetServerSession().Get<string>("user") ?? "nobody";
                use(context);

                // As filters and helpers of an application do, which know nothing of sessions.
                response.Headers.CacheControl = "public, max-age=600";
                await BodyWays.WriteAsync(context, way, $"page of {owner}");
            },
            options,
            before: app =>
            {
                if (!isCacheInFront)
                {
                    app.UseServerSessions();
                }

                if (readsInFront)
                {
                    app.Use(
                        static (context, next) =>
                        {
                            context.Items["user"] = context.FindServerSession()?.Get<string>("user") ?? "nobody";
                            return next(context);
                        }
                    );
                }

                if (cache == "output")
                {
                    app.UseOutputCache();
                }
                else
                {
                    app.UseResponseCaching();
                }
            },
            sessions: static sessions =>
            {
                sessions.Services.AddOutputCache(static options => options.AddBasePolicy(static policy => policy.Cache()));
                sessions.Services.AddResponseCaching();
            }
        );
}
