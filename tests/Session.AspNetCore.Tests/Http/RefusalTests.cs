using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>
/// What the options refuse (limits, cookie rules) is the application's mistake: it surfaces as that, is no failure of the store, and leaves
/// the session as it was.
/// </summary>
public sealed class RefusalTests
{
    public static TheoryData<SessionFailureBehavior, string> Refusals
    {
        get
        {
            var data = new TheoryData<SessionFailureBehavior, string>();
            foreach (var behavior in Enum.GetValues<SessionFailureBehavior>())
            {
                data.Add(behavior, "/large");
                data.Add(behavior, "/cookie");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_at_the_commit_surfaces_whatever_WhenSaveFails_says_and_is_not_counted_as_a_failure_of_the_store(
        SessionFailureBehavior behavior,
        string path
    )
    {
        using var store = new RecordingStore();
        Exception? thrown = null;
        await using var app = await TestApp.StartAsync(
            SpoilAsync,
            options => (options.MaxSessionBytes, options.WhenSaveFails) = (1024, behavior),
            store,
            before: application =>
                application.Use(
                    async (context, next) =>
                    {
                        thrown = await Record.ExceptionAsync(() => next(context));
                        context.Response.StatusCode = thrown is null ? context.Response.StatusCode : 500;
                    }
                )
        );
        using var counters = new CounterCapture(app);

        foreach (var body in new[] { "", "?body" })
        {
            using var response = await app.GetAsync(path + body);

            Assert.IsType(path == "/large" ? typeof(SessionLimitException) : typeof(SessionCookieException), thrown);
            Assert.Equal((500, ""), ((int)response.StatusCode, await response.BodyAsync()));
            Assert.Null(response.SetCookie());
            Assert.False(response.Headers.Contains("Retry-After"));
        }

        Assert.Empty(store.Calls);
        Assert.Empty(counters.Lines);
        Assert.DoesNotContain(app.Logs.Lines, static line =>
            line.Event.Name is { } name && name.EndsWith("Failed", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_refusal_beside_an_exception_of_the_application_is_logged_and_that_exception_surfaces()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                await SpoilAsync(context);
                throw new InvalidTimeZoneException("the application's own");
            },
            static options => options.MaxSessionBytes = 1024,
            store
        );

        using var response = await app.GetAsync("/large");

        Assert.Equal((500, 1), ((int)response.StatusCode, app.Logs.Count("SessionRefused")));
        Assert.Contains("the application's own", app.Logs.Text, StringComparison.Ordinal);
        Assert.Contains(
            "MaxSessionBytes",
            app.Logs.Lines.Single(static line => line.Event.Name == "SessionRefused").Text,
            StringComparison.Ordinal
        );
        Assert.Empty(store.Calls);
    }

    [Theory]
    [InlineData(NewId.Renewed)]
    [InlineData(NewId.SignedIn)]
    [InlineData(NewId.Regenerated)]
    public async Task A_new_id_with_which_the_cookie_is_too_long_is_refused_before_the_old_one_is_left(NewId how)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/renew")
                {
                    await Assert.ThrowsAsync<SessionCookieException>(() => session.GiveAsync(how).AsTask());
                }

                session.Set("n", session.Get<int>("n") + 1);
                await context.Response.WriteAsync($"{session.Get<int>("n")}");
            },
            static options =>
                options.GenerateSid = static context =>
                    context.Request.Path == "/renew" ? new string('€', ServerSessions.Sid.MaxLength) : "first",
            store
        );
        using var begin = await app.GetAsync();
        using var renew = await app.GetAsync("/renew", begin.Cookie());
        using var after = await app.GetAsync("/", begin.Cookie());

        Assert.Equal(("2", "3"), (await renew.BodyAsync(), await after.BodyAsync()));
        Assert.DoesNotContain("destroy", store.Calls);
    }

    [Theory]
    [InlineData(SessionParallelWrites.Merge)]
    [InlineData(SessionParallelWrites.LastWriteWins)]
    public async Task A_session_that_Node_gave_a_cookie_that_browsers_drop_moves_to_a_new_id_with_its_data(SessionParallelWrites writes)
    {
        using var store = new RecordingStore();
        await using var node = await TestApp.StartAsync(
            static context =>
            {
                var session = context.GetServerSession();
                session.Cookie.SameSite = SessionSameSite.None;
                session.Set("n", 7);
                return Task.CompletedTask;
            },
            static options => (options.EnforceCookieRules, options.Cookie.Secure) = (false, SessionCookieSecure.Never),
            store
        );
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                if (context.Request.Path == "/renew")
                {
                    await session.RenewForSignInAsync();
                }

                await context.Response.WriteAsync($"{session.Get<int>("n")}");
            },
            options => (options.ParallelWrites, options.Cookie.Secure) = (writes, SessionCookieSecure.Never),
            store
        );
        using var begin = await node.GetAsync();

        using var renewed = await app.GetAsync("/renew", begin.Cookie());
        using var after = await app.GetAsync("/", renewed.Cookie());

        Assert.Equal((200, "7"), ((int)renewed.StatusCode, await renewed.BodyAsync()));
        Assert.Equal("7", await after.BodyAsync());
    }

    [Fact]
    public async Task A_move_that_is_refused_for_what_others_have_added_leaves_no_copy_under_the_new_id()
    {
        using var store = new RecordingStore();
        Func<Task> addByAnother = static () => Task.CompletedTask;
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                session.Set(context.Request.Path.Value![1..], 1);
                if (context.Request.Path == "/renew")
                {
                    await addByAnother();
                    await Assert.ThrowsAsync<SessionLimitException>(() => session.RenewForSignInAsync().AsTask());
                    session.Remove("renew");
                }
            },
            static options => options.MaxKeys = 2,
            store
        );
        using var begin = await app.GetAsync("/begin");
        addByAnother = async () =>
        {
            using var other = await app.GetAsync("/other", begin.Cookie());
        };

        using var renew = await app.GetAsync("/renew", begin.Cookie());

        Assert.Equal(200, (int)renew.StatusCode);
        Assert.Equal(1, await store.Inner.LengthAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["begin", "other"], SessionDocument.Parse((await store.TheOnlySessionAsync()).Payload).Keys);
    }

    private static Task SpoilAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        session.Set("a", new string('x', 600));
        if (context.Request.Path == "/large")
        {
            session.Set("b", new string('x', 600));
        }
        else
        {
            session.Cookie.MaxAge = TimeSpan.FromDays(500);
        }

        return context.Request.QueryString.HasValue ? context.Response.WriteAsync("signed in") : Task.CompletedTask;
    }
}
