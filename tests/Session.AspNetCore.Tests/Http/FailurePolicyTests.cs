using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Http;

/// <summary>What becomes of a request whose store fails or does not answer.</summary>
public sealed class FailurePolicyTests
{
    private static readonly SessionStoreException Trouble = new(
        "The backend is in trouble.",
        SessionStoreOperation.Get,
        "Test",
        isTransient: true
    );

    private static readonly SessionStoreException Broken = new(
        "The backend lacks a right.",
        SessionStoreOperation.Get,
        "Test",
        isTransient: false
    );

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
        Assert.StartsWith("""{"type":"about:blank",""", await failed.BodyAsync(), StringComparison.Ordinal);
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
            CountAsync,
            static options => options.WhenLoadFails = SessionFailureBehavior.Throw,
            store,
            PageForFailures
        );
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
            static options => options.WhenLoadFails = SessionFailureBehavior.Continue,
            store
        );
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
        await using var app = await TestApp.StartAsync(
            CountAsync,
            static options => options.WhenSaveFails = SessionFailureBehavior.Continue,
            store
        );
        store.Before = static call => call == "set" ? throw Trouble : Task.CompletedTask;

        using var response = await app.GetAsync(path);

        Assert.Equal((200, path == "/" ? "1" : ""), ((int)response.StatusCode, await response.BodyAsync()));
        Assert.Null(response.SetCookie());
        Assert.Equal(1, app.Logs.Count("CommitFailed"));
        Assert.Equal(["set"], store.Calls);
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
        Assert.Contains("did not complete the call within 2.1 seconds", app.Logs.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set")]
    [InlineData("get")]
    [InlineData("destroy")]
    [InlineData("regenerate")]
    public async Task A_wait_for_a_store_that_does_not_answer_ends_with_the_callers_token(string operation)
    {
        using var store = new RecordingStore();
        using var caller = new CancellationTokenSource();
        var stuck = new TaskCompletionSource();
        Exception? thrown = null;
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                session.Set("n", session.Get<int>("n") + 1);
                if (context.Request.Path != "/cancel")
                {
                    return;
                }

                store.Before = _ =>
                {
                    store.Before = static _ => Task.CompletedTask;
                    caller.CancelAfter(TimeSpan.Zero);
                    return stuck.Task;
                };
                thrown = await Record.ExceptionAsync(async () =>
                    await (
                        operation switch
                        {
                            "set" => session.SaveAsync(caller.Token),
                            "get" => session.ReloadAsync(caller.Token),
                            "destroy" => session.DestroyAsync(caller.Token),
                            _ => session.RenewIdAsync(caller.Token),
                        }
                    )
                );
            },
            static options => options.OperationTimeout = Timeout.InfiniteTimeSpan,
            store
        );
        using var begin = await app.GetAsync();

        using var response = await app.GetAsync("/cancel", begin.Cookie());
        stuck.SetResult();

        Assert.Equal(caller.Token, Assert.IsAssignableFrom<OperationCanceledException>(thrown).CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
    }

    private static void PageForFailures(IApplicationBuilder app) =>
        app.Use(
            static async (context, next) =>
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
            }
        );

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
