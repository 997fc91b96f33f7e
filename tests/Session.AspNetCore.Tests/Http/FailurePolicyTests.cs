using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Session.Tests.Http;

/// <summary>What becomes of a request whose store fails or does not answer.</summary>
public sealed class FailurePolicyTests
{
    private static readonly SessionStoreException Trouble =
        new("The backend is in trouble.", SessionStoreOperation.Get, "Test", isTransient: true);

    private static readonly SessionStoreException Broken =
        new("The backend lacks a right.", SessionStoreOperation.Get, "Test", isTransient: false);

    [Theory]
    [InlineData("get", true, 503)]
    [InlineData("get", false, 500)]
    [InlineData("set", true, 503)]
    [InlineData("set", false, 500)]
    public async Task The_status_says_whether_trying_again_may_help(string call, bool transient, int status)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(CountAsync, store: store);
        using var begin = await app.GetAsync();
        store.Before = made => made == call ? throw (transient ? Trouble : Broken) : Task.CompletedTask;

        using var failed = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(status, (int)failed.StatusCode);
        Assert.Equal("", await failed.BodyAsync());
        Assert.True(failed.Headers.CacheControl?.NoStore);
        Assert.Null(failed.SetCookie());
    }

    [Fact]
    public async Task An_error_of_any_other_kind_from_a_store_counts_as_one_that_may_pass()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(CountAsync, store: store);
        using var begin = await app.GetAsync();
        store.Before = static call => call == "get" ? throw new InvalidOperationException("a driver's own") : Task.CompletedTask;

        using var failed = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(503, (int)failed.StatusCode);
    }

    [Fact]
    public async Task A_failed_load_reaches_an_error_handler_in_front_where_the_option_says_so()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            CountAsync, static options => options.WhenLoadFails = SessionFailureBehavior.Throw, store, PageForFailures);
        using var begin = await app.GetAsync();
        store.Before = static call => call == "get" ? throw Trouble : Task.CompletedTask;

        using var failed = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal((418, "The backend is in trouble."), ((int)failed.StatusCode, await failed.BodyAsync()));
    }

    [Fact]
    public async Task A_request_can_go_on_with_a_session_that_is_unavailable_and_says_so()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                if (context.Request.Path == "/insist")
                {
                    context.GetServerSession();
                }

                var failure = context.GetServerSessionFailure();
                if (failure is null)
                {
                    await CountAsync(context);
                }
                else
                {
                    await context.Response.WriteAsync($"{failure.Message} {context.FindServerSession() is null}");
                }
            },
            static options => options.WhenLoadFails = SessionFailureBehavior.Continue, store);
        using var begin = await app.GetAsync();
        store.Before = static call => call == "get" ? throw Trouble : Task.CompletedTask;

        using var unavailable = await app.GetAsync(cookie: begin.Cookie());
        using var insisting = await app.GetAsync("/insist", begin.Cookie());
        store.Before = static _ => Task.CompletedTask;
        using var recovered = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal("The backend is in trouble. True", await unavailable.BodyAsync());
        Assert.Null(unavailable.SetCookie());
        Assert.Equal(500, (int)insisting.StatusCode);
        Assert.Equal(2, app.Logs.Count("LoadFailed"));
        Assert.Contains("WhenLoadFails", app.Logs.Text, StringComparison.Ordinal);
        Assert.Equal("2", await recovered.BodyAsync());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/silent")]
    public async Task An_answer_can_go_out_although_its_session_was_not_saved_but_without_a_cookie(string path)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(CountAsync, static options => options.WhenSaveFails = SessionFailureBehavior.Continue, store);
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync(path);

        Assert.Equal((200, path == "/" ? "1" : ""), ((int)response.StatusCode, await response.BodyAsync()));
        Assert.Null(response.SetCookie());
        Assert.Equal(1, app.Logs.Count("CommitFailed"));
        Assert.Equal(["set"], store.Calls);
    }

    [Fact]
    public async Task A_failed_save_is_an_exception_of_the_applications_first_write_which_can_still_answer_otherwise()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                try
                {
                    context.Response.Headers.ContentLength = 1;
                    await CountAsync(context);
                }
                catch (SessionStoreException failure) when (!context.Response.HasStarted)
                {
                    context.Response.Clear();
                    context.Response.StatusCode = 507;
                    await context.Response.WriteAsync(failure.Message);
                }
            },
            store: store);
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal((507, "The backend is in trouble."), ((int)response.StatusCode, await response.BodyAsync()));
        Assert.Null(response.SetCookie());
        Assert.Equal(["set"], store.Calls);
    }

    [Fact]
    public async Task An_application_that_swallows_the_failure_gets_nothing_out_as_if_all_were_well()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                try
                {
                    await CountAsync(context);
                }
                catch (SessionStoreException)
                {
                    // Goes on as if nothing had happened.
                }

                await context.Response.WriteAsync("all is well");
            },
            store: store);
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal((503, ""), ((int)response.StatusCode, await response.BodyAsync()));
    }

    [Fact]
    public async Task What_an_answer_had_begun_to_say_is_gone_with_its_headers()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.Response.Headers["X-Signed-In"] = "yes";
                context.Response.Redirect("/welcome");
                context.GetServerSession().Set("user", "u");
                return Task.CompletedTask;
            },
            store: store);
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync();

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Null(response.Headers.Location);
        Assert.False(response.Headers.Contains("X-Signed-In"));
    }

    [Theory]
    [InlineData("get")]
    [InlineData("set")]
    [InlineData("touch")]
    public async Task A_store_that_does_not_answer_is_not_waited_for_longer_than_the_option_says(string call)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var store = new RecordingStore(time);
        await using var app = await TestApp.StartAsync(CountAsync, store: store, time: time);
        using var begin = await app.GetAsync();
        var stuck = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        store.Before = made =>
        {
            if (made != call)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return stuck.Task;
        };

        var request = app.GetAsync(call == "touch" ? "/read" : "/", begin.Cookie());
        await reached.Task;
        while (!request.IsCompleted)
        {
            // The timer is set right after the call was made: another step for as long as that takes.
            time.Advance(TimeSpan.FromSeconds(2.1));
            await Task.WhenAny(request, Task.Delay(10));
        }

        using var late = await request;
        using var anonymous = await app.GetAsync("/anonymous");
        stuck.SetException(new InvalidOperationException("the call that was given up"));

        Assert.Equal((503, 200), ((int)late.StatusCode, (int)anonymous.StatusCode));
        Assert.Contains("did not answer within 2.1 seconds", app.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callbacks_before_the_headers_can_still_write_to_the_session()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                session.Set("first", 1);
                context.Response.OnStarting(() =>
                {
                    session.Set("late", 2);
                    session.Cookie.MaxAge = TimeSpan.FromHours(1);
                    return Task.CompletedTask;
                });
                await context.Response.WriteAsync("body");
            },
            store: store);

        using var response = await app.GetAsync();

        var stored = await store.Inner.AllAsync().SingleAsync();
        Assert.Equal(["first", "late"], SessionDocument.Parse(stored.Record.Payload).Keys);
        Assert.Contains("Expires=", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_way_to_send_bytes_saves_first()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "body");
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                context.GetServerSession().Set("way", context.Request.Path.Value);
                var body = "body"u8.ToArray();
                switch (context.Request.Path.Value)
                {
                    case "/stream":
                        await context.Response.Body.WriteAsync(body);
                        break;
                    case "/array":
#pragma warning disable CA1835 // The overload is what this way is about.
                        await context.Response.Body.WriteAsync(body, 0, 4);
#pragma warning restore CA1835
                        break;
                    case "/flush":
                        await context.Response.Body.FlushAsync();
                        await context.Response.Body.WriteAsync(body);
                        break;
                    case "/pipe":
                        await context.Response.BodyWriter.WriteAsync(body);
                        break;
                    case "/pipe-buffer":
                        body.CopyTo(context.Response.BodyWriter.GetSpan(4));
                        context.Response.BodyWriter.Advance(4);
                        await context.Response.BodyWriter.FlushAsync();
                        break;
                    case "/pipe-unflushed":
                        body.CopyTo(context.Response.BodyWriter.GetMemory(4));
                        context.Response.BodyWriter.Advance(4);
                        break;
                    case "/start":
                        await context.Response.StartAsync();
                        await context.Response.WriteAsync("body");
                        break;
                    case "/complete":
                        await context.Response.WriteAsync("body");
                        await context.Response.CompleteAsync();
                        break;
                    case "/file":
                        await context.Response.SendFileAsync(file);
                        break;
                    case "/synchronous":
                        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
                        context.Response.Body.Write(body);
                        break;
                }

                Assert.True(context.Request.Path == "/pipe-unflushed" || (await store.Inner.LengthAsync() == 1 && context.Response.HasStarted));
            },
            store: store);

        foreach (var way in (string[])["/stream", "/array", "/flush", "/pipe", "/pipe-buffer", "/pipe-unflushed", "/start", "/complete", "/file", "/synchronous"])
        {
            store.Forget();
            using var response = await app.GetAsync(way);
            Assert.Equal((way, 200, "body"), (way, (int)response.StatusCode, await response.BodyAsync()));
            Assert.NotNull(response.SetCookie());
            Assert.Equal(["set"], store.Calls);
            await store.Inner.ClearAsync();
        }

        File.Delete(file);
    }

    private static void PageForFailures(IApplicationBuilder app) => app.Use(static async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (SessionStoreException error)
        {
            context.Response.StatusCode = 418;
            await context.Response.WriteAsync(error.Message);
        }
    });

    private static Task CountAsync(HttpContext context)
    {
        if (context.Request.Path == "/anonymous")
        {
            return Task.CompletedTask;
        }

        var session = context.GetServerSession();
        if (context.Request.Path == "/read")
        {
            return Task.CompletedTask;
        }

        session.Set("n", session.Get<int>("n") + 1);
        return context.Request.Path == "/silent" ? Task.CompletedTask : context.Response.WriteAsync($"{session.Get<int>("n")}");
    }
}
