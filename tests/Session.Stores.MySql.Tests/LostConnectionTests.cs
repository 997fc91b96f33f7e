using System.Collections.Concurrent;
using Dapper;
using MySqlConnector;
using ServerSessions.Testing;
using static ServerSessions.Stores.MySql.Tests.OwnServer;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>Connections that die, in the pool or under a call: what one of them has begun is done on another.</summary>
public sealed class LostConnectionTests(ITestOutputHelper output)
{
    // Long, so that what is seen is what the second attempt does and not the deadline.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_killed_under_load_again_and_again_fails_no_call()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        var opened = new ConcurrentQueue<int>();
        await using var source = new MySqlDataSourceBuilder(database.ConnectionString + ";Maximum Pool Size=8")
            .UseConnectionOpenedCallback((context, _) =>
            {
                if (context.Conditions.HasFlag(MySqlConnectionOpenedConditions.New))
                {
                    opened.Enqueue(context.Connection.ServerThread);
                }

                return default;
            })
            .Build();
        await using var store = new MySqlSessionStore(new MySqlSessionStoreOptions { DataSource = source, OperationTimeout = Patience });
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

        var killed = 0;
        await using (var killer = new MySqlConnection(server.ConnectionString + ";Pooling=false"))
        {
            await killer.OpenAsync(Cancel);
            for (var round = 0; round < 40; round++)
            {
                // One at a time, because a call tries twice; and one that is open, because one that dies while it is made is no stale one.
                if (opened.TryDequeue(out var id))
                {
                    killed += await KillAsync(killer, (ulong)id);
                }

                // No call is still at the second attempt when the next is killed.
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
        output.WriteLine($"{rounds.Sum() * 4} calls, {killed} connections killed, 0 calls failed");
        Assert.True(killed > 10);
    }

    [Fact]
    public async Task A_pool_of_connections_that_all_died_at_rest_costs_no_call()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var source = new MySqlDataSource(database.ConnectionString);
        await using var store = new MySqlSessionStore(new MySqlSessionStoreOptions { DataSource = source, OperationTimeout = Patience });
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 80).Select(i => store.SetAsync($"{i}", Record(), Cancel).AsTask()));
            await using var killer = new MySqlConnection(server.ConnectionString + ";Pooling=false");
            await killer.OpenAsync(Cancel);
            await KillAllAsync(killer, database.Name);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.GetAsync($"{i}", Cancel).AsTask()));
        }
    }

    [Fact]
    public async Task A_restarted_server_costs_no_call()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var store = Store(database.ConnectionString, Patience);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.SetAsync($"{i}", Record(), Cancel).AsTask()));
        await server.Process.KillAsync();
        await server.Process.StartAgainAsync(Cancel);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.GetAsync($"{i}", Cancel).AsTask()));
    }

    [Fact]
    public async Task An_answer_that_was_lost_after_the_write_is_no_conflict_with_oneself()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = Store(Through(proxy, database.ConnectionString), Patience);
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
            await WrittenAsync(database, sid, "new");
            proxy.Pass();
            proxy.ResetConnections();
            Assert.Equal(ConditionalSetResult.Stored, await conditional);
        }

        Assert.Equal(20, await store.AllAsync(Cancel).CountAsync(entry => entry.Sid != "warm", Cancel));
    }

    private static async Task WrittenAsync(MySqlDatabase database, string sid, string value)
    {
        await using var other = new MySqlConnection(database.ConnectionString + ";Pooling=false");
        while (
            await other.ExecuteScalarAsync<int>(
                "SELECT count(*) FROM sessions WHERE session_id = @sid AND json_value(data, '$.value') = @value",
                new { sid, value }
            ) == 0
        )
        {
            await Task.Delay(5, Cancel);
        }
    }

    private static async Task<int> KillAllAsync(MySqlConnection killer, string database)
    {
        var killed = 0;
        foreach (
            var id in await killer.QueryAsync<ulong>("SELECT id FROM information_schema.processlist WHERE db = @database", new { database })
        )
        {
            killed += await KillAsync(killer, id);
        }

        return killed;
    }

    private static async Task<int> KillAsync(MySqlConnection killer, ulong id)
    {
        try
        {
            await killer.ExecuteAsync($"KILL {id}");
            return 1;
        }
        catch (MySqlException error) when (error.ErrorCode == MySqlErrorCode.NoSuchThread)
        {
            // It has ended since it was listed.
            return 0;
        }
    }
}
