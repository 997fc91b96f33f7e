using Dapper;
using ServerSessions.Conformance;
using ServerSessions.Stores.Relational;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>Connections that die, in the pool or under a call: what one of them has begun is done on another.</summary>
/// <param name="startServer">Starts a server.</param>
/// <param name="output">Where figures go.</param>
public abstract class RelationalLostConnectionTests<TDatabase, TStore, TOptions>(
    Func<Task<OwnServer<TDatabase>>> startServer,
    ITestOutputHelper output
)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    // Long, so that what is seen is what the second attempt does and not the deadline.
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected ITestOutputHelper Output { get; } = output;

    [Fact]
    public async Task A_pool_of_connections_that_all_died_at_rest_costs_no_call()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await using var source = database.NewSource(database.ConnectionString);
        await using var store = database.StoreWith(
            new StoreSettings { Source = source, OperationTimeout = Patience },
            TimeProvider.System
        );
        for (var round = 0; round < 5; round++)
        {
            // More dead connections than calls: while the driver throws them away, which takes it some milliseconds, the second attempts
            // come for theirs.
            await Task.WhenAll(Enumerable.Range(0, 80).Select(i => store.SetAsync($"{i}", Record(), Cancel).AsTask()));
            await database.KillConnectionsAsync();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.GetAsync($"{i}", Cancel).AsTask()));
        }
    }

    [Fact]
    public async Task An_answer_that_was_lost_after_the_write_is_told_from_a_conflict()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = StoreThrough(proxy, database, Patience);
        for (var round = 0; round < 20; round++)
        {
            var sid = $"{round}";
            var expected = round % 2 == 0 ? null : Record("old");
            if (expected is not null)
            {
                await store.SetAsync(sid, expected, Cancel);
            }

            // Opens, and prepares both statements, before the replies are lost.
            await store.TrySetAsync("warm", Record(), expected, Cancel);
            proxy.SwallowReplies();
            var conditional = store.TrySetAsync(sid, Record("new"), expected, Cancel).AsTask();
            await WrittenAsync(database, sid, "new");
            proxy.Pass();
            proxy.ResetConnections();
            Assert.Equal(ConditionalSetResult.Uncertain, await conditional);
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, Record("new"), Record("new"), Cancel));
        }

        Assert.Equal(20, await store.AllAsync(Cancel).CountAsync(entry => entry.Sid != "warm", Cancel));
    }

    [Fact]
    public async Task An_equal_write_of_another_is_not_taken_for_ones_own_whose_connection_was_lost()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = database.StoreOnTime(database.Through(proxy), Patience);
        await using var other = database.StoreOnTime(database.ConnectionString, Patience);
        await store.SetAsync("a", Record("old"), Cancel);
        await store.TrySetAsync("a", Record("old"), Record("old"), Cancel);

        // The request is lost on its way, and the other's, which is the same, is done.
        proxy.Hang();
        var lost = store.TrySetAsync("a", Record("new"), Record("old"), Cancel).AsTask();
        await proxy.Broken;
        Assert.Equal(ConditionalSetResult.Stored, await other.TrySetAsync("a", Record("new"), Record("old"), Cancel));
        proxy.Pass();
        proxy.ResetConnections();

        Assert.Equal(ConditionalSetResult.Uncertain, await lost);
    }

    /// <summary>
    /// Calls of every kind by 16 callers, while connections are killed again and again. No call fails of which the server says that it was
    /// not executed.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="times">How often <paramref name="kill"/> is called.</param>
    /// <param name="isSaid">Whether the server always says so.</param>
    /// <param name="kill">Kills some connections and gives how many. No call is at its second attempt then.</param>
    protected async Task AssertNoCallFailsAsync(TStore store, int times, bool isSaid, Func<Task<int>> kill)
    {
        await store.OpenAsync(Cancel);
        using var enough = new CancellationTokenSource();
        var rounds = new int[16];
        var unknown = 0;
        var load = Enumerable
            .Range(0, rounds.Length)
            .Select(i =>
                Task.Run(
                    async () =>
                    {
                        while (!enough.IsCancellationRequested)
                        {
                            while (!await IsKnownAsync(async () => await store.SetAsync($"{i}", Record("1"), Cancel))) { }

                            var read = await store.GetAsync($"{i}", Cancel);
                            var result = await store.TrySetAsync($"{i}", Record("2"), read, Cancel);

                            // Uncertain if the connection died after the write and nothing was said.
                            Assert.True(result is ConditionalSetResult.Stored || (result is ConditionalSetResult.Uncertain && !isSaid));
                            await IsKnownAsync(async () => Assert.True(await store.TouchAsync($"{i}", Record(), Cancel)));
                            Interlocked.Increment(ref rounds[i]);
                        }
                    },
                    Cancel
                )
            )
            .ToArray();

        var killed = 0;
        for (var time = 0; time < times; time++)
        {
            killed += await kill();
            var seen = rounds.ToArray();
            await Bounded.UntilAsync(
                () =>
                    load.Any(static worker => worker.IsCompleted)
                    || !seen.Where((count, i) => Volatile.Read(ref rounds[i]) < count + 2).Any(),
                "two more rounds of every caller",
                Cancel
            );
        }

        await enough.CancelAsync();
        await Task.WhenAll(load);
        Output.WriteLine($"{rounds.Sum() * 4} calls, {killed} connections killed, {unknown} writes of unknown outcome");
        Assert.True(killed > 10);
        Assert.InRange(unknown, 0, isSaid ? 0 : killed);

        async Task<bool> IsKnownAsync(Func<Task> write)
        {
            if (await Xunit.Record.ExceptionAsync(write) is not { } error)
            {
                return true;
            }

            Assert.IsType<SessionStoreUnavailableException>(error);
            Assert.Contains("may have taken effect", error.Message, StringComparison.Ordinal);
            Interlocked.Increment(ref unknown);
            return false;
        }
    }

    /// <summary>
    /// A store through a proxy. By its clock no connection rests, so none is tested: that needs a reply.
    /// </summary>
    protected static TStore StoreThrough(FaultProxy proxy, TDatabase database, TimeSpan timeout) =>
        database.StoreWith(
            new StoreSettings { ConnectionString = database.Through(proxy), OperationTimeout = timeout },
            new FakeTimeProvider(TimeProvider.System.GetUtcNow())
        );

    /// <summary>Whether a payload, as an expression of the column, holds the value of <c>@value</c>.</summary>
    protected abstract string HoldsValue { get; }

    protected static SessionRecord Record(string value = "a") => StorePlace.RecordWithoutExpiry(value);

    /// <summary>Waits until a value of <see cref="Record"/> is in the database.</summary>
    protected async Task WrittenAsync(TDatabase database, string sid, string value)
    {
        await using var other = await database.ConnectAsync();
        var count = $"SELECT count(*) FROM {database.Table.Name} WHERE {database.Table.Sid} = @sid AND {HoldsValue}";
        await Bounded.UntilAsync(
            async () => await other.ExecuteScalarAsync<int>(count, new { sid, value }) > 0,
            "the write whose reply is lost",
            Cancel
        );
    }
}
