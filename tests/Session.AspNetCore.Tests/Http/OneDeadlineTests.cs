using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Http;

/// <summary>Each store call has one timeout: the store's own if it says that it bounds its calls, otherwise the middleware's.</summary>
public sealed class OneDeadlineTests
{
    // No other timer of the application has this time.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3.21);

    [Theory]
    [InlineData("get")]
    [InlineData("set")]
    [InlineData("touch")]
    [InlineData("destroy")]
    public async Task A_store_that_bounds_its_calls_is_not_bounded_a_second_time(string call)
    {
        var clock = new ManualClock();
        using var store = new RecordingStore(clock, boundsCalls: true);
        await using var app = await StartAsync(store, clock);
        using var begin = await app.GetAsync("/count");
        var (reached, held) = Hold(store, call);

        var request = app.GetAsync(PathOf(call), begin.Cookie());
        await reached.WithinBoundAsync("the call");
        held.SetResult();
        using var response = await request;

        Assert.Equal(200, (int)response.StatusCode);
        Assert.DoesNotContain(Timeout, clock.TakeArmed());
    }

    [Theory]
    [InlineData("get")]
    [InlineData("set")]
    [InlineData("touch")]
    [InlineData("destroy")]
    public async Task A_store_that_does_not_bound_its_calls_is_bounded_by_the_middleware(string call)
    {
        var clock = new ManualClock();
        using var store = new RecordingStore(clock);
        await using var app = await StartAsync(store, clock);
        using var begin = await app.GetAsync("/count");
        var (reached, held) = Hold(store, call);

        var request = app.GetAsync(PathOf(call), begin.Cookie());
        await reached.WithinBoundAsync("the call");
        var armed = await clock.ArmedAsync();
        while (armed.Due != Timeout)
        {
            armed = await clock.ArmedAsync();
        }

        armed.Fire();
        using var response = await request;
        held.SetResult();

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Contains("did not complete the call within 3.21 seconds", app.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_of_a_store_that_bounds_its_calls_ends_when_the_client_leaves()
    {
        using var store = new RecordingStore(boundsCalls: true);
        await using var app = await TestApp.StartAsync(CountAsync, store: store);
        using var begin = await app.GetAsync();
        var reached = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        store.Before = async _ =>
        {
            await using var registration = store.LastToken.Register(left.SetResult);
            reached.SetResult();
            await left.Task;
            throw new OperationCanceledException(store.LastToken);
        };
        using var leaving = new CancellationTokenSource();

        using var http = app.NewClient();
        using var message = new HttpRequestMessage(HttpMethod.Get, "/");
        message.Headers.TryAddWithoutValidation("Cookie", begin.Cookie());
        var request = http.SendAsync(message, leaving.Token);
        await reached.Task.WithinBoundAsync("the call");
        await leaving.CancelAsync();
        await left.Task.WithinBoundAsync("the end of the call");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Equal(0, app.Logs.Count("LoadFailed"));
    }

    [Fact]
    public async Task A_failure_of_a_store_that_bounds_its_calls_is_typed_and_no_such_entry_is_absence()
    {
        using var store = new RecordingStore(boundsCalls: true);
        await using var app = await TestApp.StartAsync(CountAsync, store: store);
        using var begin = await app.GetAsync();

        store.Before = static _ => throw new TimeoutException("of a driver");
        using var failed = await app.GetAsync(cookie: begin.Cookie());
        store.Before = static call =>
            call == "get" ? throw new SessionNotFoundException(SessionStoreOperation.Get, "Recording") : Task.CompletedTask;
        using var absent = await app.GetAsync(cookie: begin.Cookie());

        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Contains("The store failed with TimeoutException", app.Logs.Text, StringComparison.Ordinal);
        Assert.Equal("1", await absent.BodyAsync());
        Assert.NotEqual(begin.Cookie(), absent.Cookie());
    }

    private static Task<TestApp> StartAsync(RecordingStore store, TimeProvider clock) =>
        TestApp.StartAsync(
            static context =>
                context.Request.Path.Value switch
                {
                    "/destroy" => context.GetServerSession().DestroyAsync().AsTask(),
                    "/count" => CountAsync(context),
                    _ => Task.CompletedTask,
                },
            static options => options.OperationTimeout = Timeout,
            store,
            time: clock
        );

    private static string PathOf(string call) =>
        call switch
        {
            "set" => "/count",
            "destroy" => "/destroy",
            _ => "/",
        };

    private static (Task Reached, TaskCompletionSource Held) Hold(RecordingStore store, string call)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Before = made =>
        {
            if (made != call)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return held.Task;
        };
        return (reached.Task, held);
    }

    private static Task CountAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        session.Set("n", session.Get<int>("n") + 1);
        return context.Response.WriteAsync($"{session.Get<int>("n")}");
    }
}
