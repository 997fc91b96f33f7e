using System.Diagnostics;
using Dapper;
using ServerSessions.Conformance;
using ServerSessions.Stores.Relational;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>
/// Faults of the connection and of the server, each with a server of its own. Figures are printed; the deadline is the store's own.
/// </summary>
/// <param name="startServer">Starts a server.</param>
/// <param name="output">Where figures go.</param>
public abstract class RelationalFaultTests<TDatabase, TStore, TOptions>(
    Func<Task<OwnServer<TDatabase>>> startServer,
    ITestOutputHelper output
)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    // How much later than the timeout a reply may come on a machine that does other things besides.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected ITestOutputHelper Output { get; } = output;

    [Fact]
    public async Task A_small_pool_serves_many_and_never_deadlocks()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = database.StoreOnTime(database.Through(proxy) + ";Maximum Pool Size=2", TimeSpan.FromSeconds(60));
        await store.OpenAsync(Cancel);
        proxy.Delay(TimeSpan.FromMilliseconds(5));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.SetAsync($"{i}", Record(), Cancel).AsTask()));
        Assert.Equal(200, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task Where_the_pool_is_too_small_the_rest_fails_in_time_and_the_store_goes_on()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = database.StoreOnTime(database.Through(proxy) + ";Maximum Pool Size=2", Deadline);
        await SucceedsAsync(() => store.OpenAsync(Cancel));
        proxy.Delay(SlowNetwork);
        var (served, late, longest) = await CountAsync(200, i => store.SetAsync($"{i}", Record(), Cancel));
        Output.WriteLine($"{served} served, {late} too late, the longest took {longest.TotalMilliseconds:0} ms");
        Assert.True(served > 0 && late > 0);
        Assert.InRange(longest, TimeSpan.Zero, Deadline + Grace);

        // What had not got a connection when its caller left is not written later.
        proxy.Pass();
        await SucceedsAsync(() => store.SetAsync("after", Record(), Cancel));
        Assert.InRange(await store.LengthAsync(Cancel), served, served + 4 + 1);
    }

    [Fact]
    public async Task A_frozen_server_costs_a_call_its_deadline_and_the_process_no_threads()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await using var store = database.StoreOnTime(
            ConnectionStrings.With(database.With("SSL Mode", WithoutTls), "Maximum Pool Size", 20),
            Deadline
        );
        await SucceedsAsync(() => store.SetAsync("very-secret-id", Record(), Cancel));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SucceedsAsync(async () => await store.GetAsync($"{i}", Cancel))));
        var threads = ThreadPool.ThreadCount;
        server.Process.Freeze();
        try
        {
            for (var round = 0; round < 3; round++)
            {
                var (served, late, longest) = await CountAsync(100, async i => await store.GetAsync("very-secret-id", Cancel));
                Output.WriteLine(
                    $"{late} too late, the longest took {longest.TotalMilliseconds:0} ms, {ThreadPool.ThreadCount} threads of the "
                        + $"pool, before {threads}"
                );
                Assert.Equal(0, served);
                Assert.InRange(longest, TimeSpan.Zero, Deadline + Grace);
            }

            // Were each of the calls to hold a thread while it asks to be cancelled, these would not come round.
            for (var i = 0; i < 1000; i++)
            {
                await Task.Yield();
            }
        }
        finally
        {
            server.Process.Thaw();
        }

        var stopwatch = Stopwatch.StartNew();
        await SucceedsAsync(async () => await store.GetAsync("very-secret-id", Cancel));
        Output.WriteLine($"well again {stopwatch.ElapsedMilliseconds} ms after the server");
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => CallWithNewConnectionAsync(() => store.SetAsync($"{i}", Record(), Cancel))));
    }

    [Fact]
    public async Task A_network_that_swallows_everything_is_survived_without_a_restart()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = database.StoreOnTime(database.Through(proxy) + ";Maximum Pool Size=10", Deadline);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SucceedsAsync(() => store.SetAsync($"{i}", Record(), Cancel))));
        proxy.Hang();
        var (served, _, longest) = await CountAsync(30, i => store.SetAsync($"{i}", Record(), Cancel));
        Assert.Equal(0, served);
        Assert.InRange(longest, TimeSpan.Zero, Deadline + Grace);

        // The lost connections stay lost; only new ones work.
        proxy.Pass();
        var stopwatch = Stopwatch.StartNew();
        await SucceedsAsync(() => store.SetAsync("a", Record(), Cancel));
        Output.WriteLine($"well again {stopwatch.ElapsedMilliseconds} ms after the network");
        Assert.InRange(stopwatch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_server_that_is_down_is_said_at_once_and_its_return_is_seen_without_a_call()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await using var store = database.StoreOnTime(database.ConnectionString, TimeSpan.FromSeconds(30));
        var events = new List<string>();
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Disconnected += (_, _) => events.Add("disconnected");
        store.Connected += (_, _) =>
        {
            events.Add("connected");
            connected.TrySetResult();
        };
        await store.SetAsync("very-secret-id", Record(), Cancel);
        Assert.Empty(events);

        await server.Process.StopAsync();
        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
                await store.GetAsync("very-secret-id", Cancel)
            );
            Assert.Equal(SessionStoreOperation.Get, error.Operation);
            Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("tests-only", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(["disconnected"], events);
        await server.Process.StartAgainAsync(Cancel);
        var stopwatch = Stopwatch.StartNew();
        await connected.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        Output.WriteLine($"seen {stopwatch.ElapsedMilliseconds} ms after the return");
        Assert.Equal(["disconnected", "connected"], events);
        Assert.NotNull(await store.GetAsync("very-secret-id", Cancel));
    }

    [Fact]
    public async Task A_lock_that_is_held_too_long_ends_the_call_and_the_statement()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await using var store = database.StoreOnTime(database.ConnectionString, Deadline);
        await CallWithNewConnectionAsync(() => store.SetAsync("very-secret-id", Record("old"), Cancel));
        await using var blocker = await database.ConnectAsync();
        await using (var transaction = await blocker.BeginTransactionAsync(Cancel))
        {
            var table = database.Table;
            await blocker.ExecuteAsync($"UPDATE {table.Name} SET {table.Expires} = {table.Expires}", transaction: transaction);
            var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
                await store.SetAsync("very-secret-id", Record("lost"), Cancel)
            );
            Assert.Contains(
                "did not reply within 1.0 s (OperationTimeout). The call may still take effect",
                error.Message,
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);

            // The server was asked to cancel, so that the statement does not wait on.
            await Bounded.UntilAsync(
                async () => await database.LockWaitsAsync(blocker, transaction) == 0,
                "the end of the statement that was given up",
                Cancel
            );

            using var leaving = new CancellationTokenSource();
            var given = store.DestroyAsync("very-secret-id", leaving.Token).AsTask();
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
            Assert.Equal(StorePlace.Payload("old"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
            await transaction.CommitAsync(Cancel);
        }

        await SucceedsAsync(() => store.SetAsync("very-secret-id", Record("new"), Cancel));
        Assert.Equal(StorePlace.Payload("new"), (await store.GetAsync("very-secret-id", Cancel))!.Payload.ToArray());
    }

    /// <summary>The value of SSL Mode with which nothing is encrypted.</summary>
    protected abstract string WithoutTls { get; }

    /// <summary>The delay with which two connections serve some of 200 calls in a second, and not all of them.</summary>
    protected virtual TimeSpan SlowNetwork => TimeSpan.FromMilliseconds(100);

    /// <summary>A call that may need a new connection, with <see cref="Deadline"/>, on a server that nothing is wrong with.</summary>
    protected virtual Task CallWithNewConnectionAsync(Func<ValueTask> operation) => operation().AsTask();

    protected static SessionRecord Record(string value = "a") => StorePlace.RecordWithoutExpiry(value);

    /// <summary>Calls until the call succeeds. Until then it fails as one of an unavailable server does.</summary>
    protected static Task SucceedsAsync(Func<ValueTask> call) =>
        Bounded.UntilAsync(
            async () =>
            {
                if (await Xunit.Record.ExceptionAsync(async () => await call()) is not { } error)
                {
                    return true;
                }

                Assert.IsType<SessionStoreUnavailableException>(error);
                return false;
            },
            "a call that succeeds",
            Cancel
        );

    private static async Task<(int Served, int Late, TimeSpan Longest)> CountAsync(int calls, Func<int, ValueTask> call)
    {
        var ends = await Task.WhenAll(
            Enumerable
                .Range(0, calls)
                .Select(async i =>
                {
                    var stopwatch = Stopwatch.StartNew();
                    var error = await Xunit.Record.ExceptionAsync(async () => await call(i));
                    if (error is not null)
                    {
                        Assert.IsType<SessionStoreUnavailableException>(error);
                        Assert.DoesNotContain("very-secret-id", error.ToString(), StringComparison.Ordinal);
                    }

                    return (IsServed: error is null, stopwatch.Elapsed);
                })
        );
        return (ends.Count(static end => end.IsServed), ends.Count(static end => !end.IsServed), ends.Max(static end => end.Elapsed));
    }
}
