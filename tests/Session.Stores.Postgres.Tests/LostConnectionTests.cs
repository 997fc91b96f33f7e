using Dapper;
using Npgsql;
using ServerSessions.Testing;
using static ServerSessions.Stores.Postgres.Tests.OwnServer;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>Connections that die, in the pool or under a call: what one of them has begun is done on another.</summary>
public sealed class LostConnectionTests(ITestOutputHelper output)
{
    // Long, so that what is seen is what the second attempt does and not the deadline.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_backend_terminated_again_and_again_fails_no_call()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var store = Store(server.ConnectionString + ";Maximum Pool Size=8", Patience);
        await store.OpenAsync(Cancel);
        using var enough = new CancellationTokenSource();
        var rounds = new int[16];
        var load = Enumerable
            .Range(0, rounds.Length)
            .Select(i =>
                Task.Run(
                    async () =>
                    {
                        while (!enough.IsCancellationRequested)
                        {
                            await store.SetAsync($"{i}", Record("1"), Cancel);
                            var read = await store.GetAsync($"{i}", Cancel);
                            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync($"{i}", Record("2"), read, Cancel));
                            Assert.True(await store.TouchAsync($"{i}", Record(), Cancel));
                            Interlocked.Increment(ref rounds[i]);
                        }
                    },
                    Cancel
                )
            )
            .ToArray();

        var terminated = 0;
        await using (var killer = new NpgsqlConnection(server.ConnectionString + ";Pooling=false"))
        {
            await killer.OpenAsync(Cancel);
            for (var round = 0; round < 20; round++)
            {
                terminated += await killer.ExecuteScalarAsync<int>(
                    "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = "
                        + "'Session.Stores.Postgres'"
                );

                // No call is still at the second attempt when all are terminated again.
                var seen = rounds.ToArray();
                while (
                    load.All(static worker => !worker.IsCompleted)
                    && seen.Where((count, i) => Volatile.Read(ref rounds[i]) < count + 2).Any()
                )
                {
                    await Task.Delay(5, Cancel);
                }
            }
        }

        await enough.CancelAsync();
        await Task.WhenAll(load);
        output.WriteLine($"{rounds.Sum() * 4} calls, {terminated} connections terminated, 0 calls failed");
        Assert.True(terminated > 10);
    }

    [Fact]
    public async Task A_pool_of_connections_that_all_died_at_rest_costs_no_call()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString + ";Application Name=mine");
        await using var store = new PostgresSessionStore(
            new PostgresSessionStoreOptions { DataSource = source, OperationTimeout = Patience }
        );
        for (var round = 0; round < 5; round++)
        {
            // More dead connections than calls: while the driver throws them away, which takes it some milliseconds, the second attempts
            // come for theirs.
            await Task.WhenAll(Enumerable.Range(0, 80).Select(i => store.SetAsync($"{i}", Record(), Cancel).AsTask()));
            await using var killer = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
            await killer.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mine'");
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.GetAsync($"{i}", Cancel).AsTask()));
        }
    }

    [Fact]
    public async Task Connections_of_the_pool_that_are_dead_one_after_the_other_cost_no_call()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var killer = NpgsqlDataSource.Create(server.ConnectionString);
        var dying = 0;
        var builder = new NpgsqlDataSourceBuilder(server.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            static _ => { },
            async connection =>
            {
                if (Interlocked.Decrement(ref dying) >= 0)
                {
                    await EndAsync(killer, connection.ProcessID);
                }
            }
        );
        await using var source = builder.Build();
        await using var store = new PostgresSessionStore(
            new PostgresSessionStoreOptions { DataSource = source, OperationTimeout = Patience }
        );
        await store.OpenAsync(Cancel);
        foreach (var count in (int[])[1, 2, 5])
        {
            source.Clear();
            dying = count;
            await store.SetAsync($"{count}", Record("kept"), Cancel);
            Assert.True(dying < 0);
            source.Clear();
            dying = count;
            Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync($"{count}", Record("other"), null, Cancel));
            Assert.True(dying < 0);
        }
    }

    [Fact]
    public async Task An_answer_that_was_lost_after_the_write_is_no_conflict_with_oneself()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = Store(Through(proxy, server), Patience);
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
            proxy.SwallowAnswers();
            var conditional = store.TrySetAsync(sid, Record("new"), expected, Cancel).AsTask();
            await WrittenAsync(server, sid, "new");
            proxy.Pass();
            proxy.ResetConnections();
            Assert.Equal(ConditionalSetResult.Stored, await conditional);
        }

        Assert.Equal(20, await store.AllAsync(Cancel).CountAsync(entry => entry.Sid != "warm", Cancel));
    }

    [Fact]
    public async Task Where_no_other_connection_can_be_had_for_a_write_that_has_begun_the_error_does_not_say_that_nothing_was_written()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = Store(Through(proxy, server), TimeSpan.FromSeconds(4));
        await store.SetAsync("warm", Record(), Cancel);
        proxy.SwallowAnswers();
        var write = store.SetAsync("a", Record("written"), Cancel).AsTask();
        await WrittenAsync(server, "a", "written");
        proxy.BlackHole();
        proxy.ResetConnections();
        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => write);
        output.WriteLine(error.Message);
        Assert.DoesNotContain("Nothing was written", error.Message, StringComparison.Ordinal);
        Assert.Contains("may have taken effect", error.Message, StringComparison.Ordinal);
    }

    private static async Task WrittenAsync(PostgresServer server, string sid, string value)
    {
        await using var other = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        while (
            await other.ExecuteScalarAsync<int>(
                "SELECT count(*) FROM session WHERE sid = @sid AND sess->>'value' = @value",
                new { sid, value }
            ) == 0
        )
        {
            await Task.Delay(5, Cancel);
        }
    }

    /// <summary>Ends a backend, and comes back when it is gone.</summary>
    private static async Task EndAsync(NpgsqlDataSource killer, int pid)
    {
        await using var connection = await killer.OpenConnectionAsync(Cancel);
        Assert.True(
            await connection.ExecuteScalarAsync<bool>(
                "SELECT pg_terminate_backend(@pid, @patience)",
                new { pid, patience = (long)Patience.TotalMilliseconds }
            )
        );
    }
}
