using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Http;

/// <summary>An error page for which the pipeline runs again on the same request: what the first run knows of the session holds.</summary>
public sealed class ErrorPageTests
{
    private const string Page = "/oops";

    public static TheoryData<string, string, SessionFailureBehavior, int> Failures
    {
        get
        {
            var data = new TheoryData<string, string, SessionFailureBehavior, int>();
            foreach (var trouble in (string[])["driver", "transient", "lasting", "damaged", "disconnected"])
            {
                var status = trouble is "lasting" or "damaged" ? 500 : 503;
                data.Add(trouble, "status pages", SessionFailureBehavior.ServiceUnavailable, status);
                data.Add(trouble, "exception path", SessionFailureBehavior.Throw, 500);
                data.Add(trouble, "exception handler", SessionFailureBehavior.Throw, 500);
                data.Add(trouble, "status pages", SessionFailureBehavior.Continue, 404);
                data.Add(trouble, "exception path", SessionFailureBehavior.Continue, 500);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task An_error_page_after_a_failed_load_has_no_session_knows_why_and_sets_no_cookie(
        string trouble,
        string pages,
        SessionFailureBehavior behavior,
        int status
    )
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            ShowAsync,
            options =>
            {
                options.WhenLoadFails = behavior;
                options.Rolling = true;
                options.SaveUninitialized = true;
            },
            store,
            Pages(pages)
        );
        using var begin = await app.GetAsync("/sign-in");
        await BreakAsync(store, trouble);

        using var failed = await app.GetAsync(pages == "status pages" ? "/missing" : "/boom", begin.Cookie());

        Assert.Equal(status, (int)failed.StatusCode);
        Assert.Null(failed.SetCookie());
        Assert.Equal(
            "no session; GetServerSession throws ServerSessionUnavailableException for the same cause; id none",
            await failed.BodyAsync()
        );
        Assert.Equal(1, app.Logs.Count("LoadFailed") + app.Logs.Count("StoreDisconnected"));
        Assert.Equal(0, app.Logs.Count("CommitFailed"));

        await MendAsync(store, trouble);
        using var recovered = await app.GetAsync("/who", begin.Cookie());
        if (trouble != "damaged")
        {
            Assert.Equal("alice", await recovered.BodyAsync());
        }
    }

    [Fact]
    public async Task An_error_page_that_insists_on_the_session_does_not_turn_the_failure_into_an_empty_session()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.GetServerSession().Set("flash", "something went wrong");
                return Task.CompletedTask;
            },
            store: store,
            before: Pages("status pages")
        );
        using var begin = await app.GetAsync("/sign-in");
        var cookie = begin.Cookie();
        store.Before = static call => call == "get" ? throw new IOException("away") : Task.CompletedTask;
        store.Forget();

        using var failed = await app.GetAsync("/", cookie);

        Assert.Equal(500, (int)failed.StatusCode);
        Assert.Null(failed.SetCookie());
        Assert.Equal(["get"], store.Calls);
    }

    [Theory]
    [InlineData("cookie", SessionFailureBehavior.ServiceUnavailable, true)]
    [InlineData("cookie", SessionFailureBehavior.Continue, true)]
    [InlineData("cookie", SessionFailureBehavior.Throw, false)]
    [InlineData("sid", SessionFailureBehavior.ServiceUnavailable, false)]
    [InlineData("sid", SessionFailureBehavior.Continue, false)]
    [InlineData("late cookie", SessionFailureBehavior.Continue, false)]
    public async Task An_exception_of_the_applications_own_function_surfaces_and_its_error_page_works(
        string function,
        SessionFailureBehavior behavior,
        bool withCookie
    )
    {
        var asked = 0;
        var isBroken = false;
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context =>
                context.Request.Path == Page ? ShowAsync(context) : Task.Run(() => context.GetServerSession().Set("user", "alice")),
            options =>
            {
                (options.WhenLoadFails, options.WhenSaveFails) = (behavior, behavior);
                if (function == "sid")
                {
                    options.GenerateSid = _ =>
                        isBroken ? throw new ArithmeticException("the tenant has no ids") : Guid.CreateVersion7().ToString();
                }
                else
                {
                    options.CookiePerRequest = _ =>
                        isBroken && ++asked > (function == "cookie" ? 0 : 1)
                            ? throw new ArithmeticException("unknown tenant")
                            : new SessionCookieOptions();
                }
            },
            store,
            Pages("exception path")
        );
        using var begin = await app.GetAsync("/sign-in");
        using var counters = new CounterCapture(app);
        isBroken = true;

        using var failed = await app.GetAsync("/boom", withCookie ? begin.Cookie() : null);

        Assert.Equal(500, (int)failed.StatusCode);
        Assert.Equal(
            "no session; GetServerSession throws ServerSessionUnavailableException for the same cause; id none",
            await failed.BodyAsync()
        );
        Assert.Contains("ArithmeticException", app.Logs.Text, StringComparison.Ordinal);
        Assert.Null(failed.SetCookie());
        Assert.Empty(counters.Lines);
    }

    [Theory]
    [InlineData("status pages", "/missing", 404)]
    [InlineData("exception path", "/boom", 500)]
    public async Task An_error_page_of_a_request_whose_session_was_read_works_with_it_and_saves_it(string pages, string path, int status)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(ShowAsync, store: store, before: Pages(pages));
        using var begin = await app.GetAsync("/sign-in");

        using var known = await app.GetAsync(path, begin.Cookie());
        using var page = await app.GetAsync("/pages", begin.Cookie());
        using var unknown = await app.GetAsync(path);
        using var second = await app.GetAsync("/pages", unknown.Cookie());

        Assert.Equal((status, "page of alice"), ((int)known.StatusCode, await known.BodyAsync()));
        Assert.Equal("1", await page.BodyAsync());
        Assert.Equal((status, "page of nobody"), ((int)unknown.StatusCode, await unknown.BodyAsync()));
        Assert.Equal("1", await second.BodyAsync());
    }

    [Theory]
    [InlineData("status pages", "/missing")]
    [InlineData("exception path", "/boom")]
    public async Task An_error_page_whose_own_changes_cannot_be_saved_is_the_503_of_every_other_response(string pages, string path)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(ShowAsync, store: store, before: Pages(pages));
        using var counters = new CounterCapture(app);
        store.Before = static call => call == "set" ? throw new IOException("away") : Task.CompletedTask;

        using var failed = await app.GetAsync(path);

        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Null(failed.SetCookie());
        Assert.DoesNotContain("page of", await failed.BodyAsync(), StringComparison.Ordinal);
        Assert.Single(counters.Lines);
    }

    [Fact]
    public async Task An_error_page_after_a_failed_save_keeps_the_status_and_sets_no_cookie()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(ShowAsync, store: store, before: Pages("status pages"));
        using var counters = new CounterCapture(app);
        store.Before = static call => call == "set" ? throw new IOException("away") : Task.CompletedTask;

        using var failed = await app.GetAsync("/sign-in");

        Assert.Equal((503, "page of alice"), ((int)failed.StatusCode, await failed.BodyAsync()));
        Assert.Null(failed.SetCookie());
        Assert.Single(counters.Lines);
    }

    [Fact]
    public async Task The_middleware_twice_in_one_pipeline_gives_one_session()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(ShowAsync, store: store, before: static app => app.UseServerSessions());
        using var begin = await app.GetAsync("/sign-in");
        store.Forget();

        using var who = await app.GetAsync("/who", begin.Cookie());

        Assert.Equal("alice", await who.BodyAsync());
        Assert.Equal(["get", "touch"], store.Calls);
    }

    private static Action<WebApplication> Pages(string kind) =>
        app =>
            _ = kind switch
            {
                "status pages" => app.UseStatusCodePagesWithReExecute(Page),
                "exception path" => app.UseExceptionHandler(Page),
                _ => app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = ShowFailureAsync }),
            };

    private static async Task BreakAsync(RecordingStore store, string trouble)
    {
        if (trouble == "disconnected")
        {
            store.Disconnect();
        }
        else if (trouble == "damaged")
        {
            var entry = await store.Inner.AllAsync().SingleAsync();
            await store.Inner.SetAsync(entry.Sid, new SessionRecord(Encoding.UTF8.GetBytes("""{"cookie":"""), null));
        }
        else
        {
            store.Before = call =>
                call == "get"
                    ? throw (
                        trouble == "driver"
                            ? new FileNotFoundException("client.pem")
                            : new SessionStoreException("Trouble.", SessionStoreOperation.Get, "Test", trouble == "transient")
                    )
                    : Task.CompletedTask;
        }
    }

    private static Task MendAsync(RecordingStore store, string trouble)
    {
        store.Before = static _ => Task.CompletedTask;
        if (trouble == "disconnected")
        {
            store.Connect();
        }

        return Task.CompletedTask;
    }

    private static async Task ShowAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/sign-in":
                context.GetServerSession().Set("user", "alice");
                break;
            case "/who":
                await context.Response.WriteAsync(context.GetServerSession().Get<string>("user") ?? "nobody");
                break;
            case "/pages":
                await context.Response.WriteAsync($"{context.GetServerSession().Get<int>("pages")}");
                break;
            case "/boom":
                throw new TimeoutException("the application's own");
            case "/missing":
                context.Response.StatusCode = 404;
                break;
            case Page when context.GetServerSessionFailure() is null:
                var session = context.GetServerSession();
                session.Set("pages", session.Get<int>("pages") + 1);
                await context.Response.WriteAsync($"page of {session.Get<string>("user") ?? "nobody"}");
                break;
            default:
                await ShowFailureAsync(context);
                break;
        }
    }

    private static async Task ShowFailureAsync(HttpContext context)
    {
        var found = context.FindServerSession() is null ? "no session" : "a session";
        var thrown = Record.Exception(() => context.GetServerSession());
        var isSame = thrown?.InnerException is { } cause && ReferenceEquals(cause, context.GetServerSessionFailure());
        await context.Response.WriteAsync(
            $"{found}; GetServerSession throws {thrown?.GetType().Name} for {(isSame ? "the same" : "another")} cause; id "
                + $"{context.GetServerSessionId() ?? "none"}"
        );
    }
}
