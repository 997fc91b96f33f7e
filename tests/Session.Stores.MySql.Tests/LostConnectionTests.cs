using System.Collections.Concurrent;
using MySqlConnector;
using ServerSessions.Testing;
using static ServerSessions.Stores.MySql.Tests.OwnServer;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class LostConnectionTests(ITestOutputHelper output)
    : RelationalLostConnectionTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(StartAsync, output)
{
    protected override string HoldsValue => "json_value(data, '$.value') = @value";

    [Fact]
    public async Task A_connection_killed_under_load_again_and_again_fails_one_write_at_most()
    {
        await using var server = await StartAsync();
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
        await using var killer = await database.ConnectAsync();

        // One at a time, because a call tries twice; and one that is open, because one that dies while it is made is no stale one.
        await AssertNoCallFailsAsync(
            store,
            times: 40,
            isSaid: false,
            async () => opened.TryDequeue(out var id) ? await TestDatabase.KillAsync(killer, (ulong)id) : 0
        );
    }

    [Fact]
    public async Task A_restarted_server_costs_no_call()
    {
        await using var server = await StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var store = Store(database.ConnectionString, Patience);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.SetAsync($"{i}", Record(), Cancel).AsTask()));
        await server.Process.KillAsync();
        await server.Process.StartAgainAsync(Cancel);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.GetAsync($"{i}", Cancel).AsTask()));
    }
}
