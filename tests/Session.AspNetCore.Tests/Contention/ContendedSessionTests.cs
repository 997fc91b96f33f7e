using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tests.Users;
using ServerSessions.Tests.Values;

namespace ServerSessions.Tests.Contention;

/// <summary>Many requests of one process that write one session at once: what each costs, and what one does to the others.</summary>
public sealed class ContendedSessionTests(ITestOutputHelper output)
{
    private const int Requests = 256;

    [Theory]
    [InlineData("commit")]
    [InlineData("save")]
    [InlineData("update")]
    [InlineData("scope")]
    public async Task Of_256_requests_that_write_one_session_none_needs_more_than_two_writes_and_nothing_is_lost(string door)
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 0));
        using var barrier = new Barrier(Requests);
        app.Store.AfterGet = barrier.WaitAsync;

        await Task.WhenAll(
            Enumerable
                .Range(0, Requests)
                .Select(async i =>
                {
                    using var response = await app.SendAsync((session, context) => WriteAsync(door, session, context, $"k{i:000}"));
                    Assert.True(response.IsSuccessStatusCode, app.Http.Logs.Text);
                })
        );

        var (reads, writes) = (app.Store.Calls.Count(static call => call == "get"), app.Store.Calls.Count(static call => call == "set"));
        output.WriteLine($"{reads} reads and {writes} writes of {Requests} requests");
        var stored = await app.StoredAsync();
        Assert.Equal(
            door == "update" ? $"n={Requests}" : $"{string.Join(' ', Enumerable.Range(0, Requests).Select(i => $"k{i:000}=1"))} n=0",
            stored
        );
        Assert.InRange(writes, Requests, 2 * Requests);

        // A scope reads the session after its request has.
        Assert.InRange(reads, 0, (door == "scope" ? 3 : 2) * Requests);
    }

    [Fact]
    public async Task A_request_that_waited_stores_on_top_of_the_one_in_front_without_a_read()
    {
        var clock = new ManualClock();
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 0), sessions: Paused(clock));
        using var both = new Barrier(2);
        app.Store.AfterGet = both.WaitAsync;
        var hang = new Hang(app.Store, "set");

        var first = app.DoAsync(static session => session.Set("a", 1));
        var second = app.DoAsync(static session => session.Set("b", 1));
        Assert.Equal(WaitingLine, (await clock.ArmedAsync()).Due);
        hang.End();
        await Task.WhenAll(first, second).WithinBoundAsync("both requests");

        Assert.Equal(["get", "get", "set", "set"], app.Store.Calls);
        Assert.Equal("a=1 b=1 n=0", await app.StoredAsync());
    }

    [Fact]
    public async Task A_request_whose_write_hangs_holds_the_others_up_for_a_second()
    {
        var clock = new ManualClock();
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 0), sessions: Paused(clock));
        var hang = new Hang(app.Store, "set");
        var first = app.DoAsync(static session => session.Set("a", 1));
        await hang.Begun.WithinBoundAsync("the write that hangs");

        var second = app.DoAsync(static session => session.Set("b", 1));
        var (due, fire) = await clock.ArmedAsync();
        Assert.Equal(WaitingLine, due);
        Assert.False(second.IsCompleted);
        fire();
        await second.WithinBoundAsync("the second request, although the first one hangs");
        Assert.Equal("b=1 n=0", await app.StoredAsync());

        hang.End();
        await first.WithinBoundAsync("the first request");
        Assert.Equal("a=1 b=1 n=0", await app.StoredAsync());
    }

    [Fact]
    public async Task A_request_whose_write_fails_does_not_fail_those_behind_it()
    {
        var clock = new ManualClock();
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 0), sessions: Paused(clock));
        var hang = new Hang(app.Store, "set");
        var first = app.SendAsync(static (session, _) => Set(session, "a"));
        await hang.Begun.WithinBoundAsync("the write that fails");
        var second = app.DoAsync(static session => session.Set("b", 1));
        await clock.ArmedAsync();

        hang.Fail(new SessionStoreUnavailableException("The store is away.", SessionStoreOperation.TrySet, "Test"));

        using var failed = await first.WithinBoundAsync("the first request");
        using var stored = await second.WithinBoundAsync("the second request");
        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Equal("b=1 n=0", await app.StoredAsync());
    }

    [Fact]
    public async Task A_sign_out_that_fails_lets_all_that_wait_behind_it_go_on_at_once()
    {
        var clock = new ManualClock();
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 0), sessions: Paused(clock));
        using var all = new Barrier(3);
        app.Store.AfterGet = all.WaitAsync;
        var failure = new FailureInFront(app.Store, "destroy");
        var signOuts = Enumerable
            .Range(0, 3)
            .Select(_ => app.SendAsync(static async (session, _) => await session.DestroyAsync()))
            .ToArray();
        await clock.ArmedAsync();
        failure.Happen();

        var statuses = new List<int>();
        foreach (var signOut in signOuts)
        {
            using var response = await signOut.WithinBoundAsync("a sign-out");
            statuses.Add((int)response.StatusCode);
        }

        Assert.Equal([200, 200, 503], statuses.Order());
    }

    [Fact]
    public async Task A_session_that_its_users_list_fails_to_end_lets_all_that_wait_behind_it_go_on_at_once()
    {
        var clock = new ManualClock();
        await using var app = await UsersApp.StartAsync(sessions: Paused(clock));
        await app.SignInAsync("ada");
        var handle = (await app.Users.ListAsync("ada", cancellationToken: TestContext.Current.CancellationToken)).Sessions[0].Handle;
        var failure = new FailureInFront(app.Sessions, "get");
        Task<bool> EndAsync() => app.Users.EndAsync("ada", handle, TestContext.Current.CancellationToken).AsTask();
        var first = EndAsync();
        await failure.Begun.WithinBoundAsync("the end that fails");
        var second = EndAsync();
        await clock.ArmedAsync();
        var third = EndAsync();
        failure.Happen();

        await Assert.ThrowsAsync<SessionStoreException>(() => first.WithinBoundAsync("the first end"));
        await Task.WhenAll(second, third).WithinBoundAsync("the other two");
    }

    [Fact]
    public async Task A_save_that_its_caller_gives_up_while_it_waits_stores_nothing_and_holds_no_one_up()
    {
        var clock = new ManualClock();
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 0), sessions: Paused(clock));
        var hang = new Hang(app.Store, "set");
        var first = app.DoAsync(static session => session.Set("a", 1));
        await hang.Begun.WithinBoundAsync("the write in front");
        using var leaving = new CancellationTokenSource();
        var second = app.DoAsync(async session =>
        {
            session.Set("b", 1);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await session.SaveAsync(leaving.Token));
            session.Remove("b");
        });
        await clock.ArmedAsync();

        await leaving.CancelAsync();
        using var givenUp = await second.WithinBoundAsync("the request whose save was given up, although the one in front hangs");
        var third = app.DoAsync(static session => session.Set("c", 1));
        hang.End();
        await Task.WhenAll(first, third).WithinBoundAsync("the other requests");

        Assert.Equal("a=1 c=1 n=0", await app.StoredAsync());
    }

    [Fact]
    public async Task A_session_that_ends_while_requests_wait_to_write_it_stays_ended()
    {
        const int Waiting = 16;
        var clock = new ManualClock();
        await using var app = await ValuesApp.StartAsync(static session => session.Set("n", 0), sessions: Paused(clock));
        using var barrier = new Barrier(Waiting + 1);
        app.Store.AfterGet = barrier.WaitAsync;
        var hang = new Hang(app.Store, "destroy");
        var ending = app.DoAsync(static async session => await session.DestroyAsync());
        var waiting = Enumerable
            .Range(0, Waiting)
            .Select(i =>
                app.DoAsync(async session =>
                {
                    // The first that writes finds the end under way.
                    session.Set($"k{i}", 1);
                    await hang.Begun.WithinBoundAsync("the end of the session");
                })
            )
            .ToArray();
        await clock.ArmedAsync();

        hang.End();
        await Task.WhenAll([ending, .. waiting]).WithinBoundAsync("all requests");

        Assert.Equal(0, await app.Store.Inner.LengthAsync());
        Assert.Equal(Waiting, app.Http.Logs.Count("ChangesDropped"));
    }

    [Fact]
    public async Task Parallel_sign_ins_of_one_user_cost_one_write_of_the_users_list_each()
    {
        const int SignIns = 32;
        await using var app = await UsersApp.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, SignIns).Select(_ => app.SignInAsync("ada")));

        Assert.Equal(SignIns, app.Lists.Calls.Count(static call => call == "set"));
        Assert.Equal(SignIns, (await app.Users.ListAsync("ada", cancellationToken: TestContext.Current.CancellationToken)).Sessions.Count);
    }

    private static TimeSpan WaitingLine => WriterLine.LongestTurn;

    private static Action<IServerSessionBuilder> Paused(ManualClock clock) =>
        sessions => sessions.Services.AddKeyedSingleton<TimeProvider>("Session.PauseClock", clock);

    private static Task Set(ServerSession session, string key)
    {
        session.Set(key, 1);
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(string door, ServerSession session, HttpContext context, string key)
    {
        switch (door)
        {
            case "save":
                session.Set(key, 1);
                await session.SaveAsync();
                break;
            case "update":
                await session.UpdateAsync<int>("n", static n => n + 1);
                break;
            case "scope":
                await using (var scope = await context.GetServerSessionReference()!.OpenAsync())
                {
                    scope.Session.Set(key, 1);
                    await scope.SaveAsync();
                }

                break;
            default:
                session.Set(key, 1);
                break;
        }
    }

    /// <summary>The first call of a kind, which fails when the test says so. The second one waits until a third one has begun.</summary>
    private sealed class FailureInFront
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _third = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        public FailureInFront(RecordingStore store, string call) => store.Before = made => made == call ? OnCall() : Task.CompletedTask;

        public Task Begun => _begun.Task;

        public void Happen() =>
            _end.SetException(new SessionStoreUnavailableException("The store is away.", SessionStoreOperation.TrySet, "Test"));

        private Task OnCall()
        {
            switch (Interlocked.Increment(ref _calls))
            {
                case 1:
                    _begun.SetResult();
                    return _end.Task;
                case 2:
                    return _third.Task.WithinBoundAsync("a third call while the second one is under way");
                default:
                    _third.TrySetResult();
                    return Task.CompletedTask;
            }
        }
    }

    /// <summary>The first call of a kind, which hangs until the test ends it.</summary>
    private sealed class Hang
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        public Hang(RecordingStore store, string call) =>
            store.Before = made => made == call && Interlocked.Increment(ref _calls) == 1 ? HangAsync() : Task.CompletedTask;

        public Task Begun => _begun.Task;

        public void End() => _end.SetResult();

        public void Fail(Exception failure) => _end.SetException(failure);

        private Task HangAsync()
        {
            _begun.SetResult();
            return _end.Task.WithinBoundAsync("the end of a call that hangs");
        }
    }
}
