using Dapper;
using Npgsql;
using ServerSessions.Conformance;
using ServerSessions.Testing;
using static ServerSessions.Stores.Postgres.Tests.OwnServer;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class LostConnectionTests(ITestOutputHelper output)
    : RelationalLostConnectionTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(StartAsync, output)
{
    protected override string HoldsValue => "sess->>'value' = @value";

    [Fact]
    public async Task Every_backend_terminated_again_and_again_fails_no_call()
    {
        await using var server = await StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var store = Store(database.ConnectionString + ";Maximum Pool Size=8", Patience);
        await using var killer = await database.ConnectAsync();
        await AssertNoCallFailsAsync(
            store,
            times: 20,
            isSaid: true,
            () =>
                killer.ExecuteScalarAsync<int>(
                    "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = "
                        + "'Session.Stores.Postgres'"
                )
        );
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
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync($"{count}", Record("other"), Record("kept"), Cancel));
            Assert.True(dying < 0);
        }
    }

    [Fact]
    public async Task Where_no_other_connection_can_be_had_for_a_write_that_has_begun_the_error_does_not_say_that_nothing_was_written()
    {
        await using var server = await StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await using var proxy = FaultProxy.Start(server.Process.Port);
        await using var store = StoreThrough(proxy, database, TimeSpan.FromSeconds(4));
        await store.SetAsync("a", Record("old"), Cancel);
        await store.TrySetAsync("a", Record("old"), Record("old"), Cancel);
        proxy.SwallowReplies();
        var write = store.TrySetAsync("a", Record("written"), Record("old"), Cancel).AsTask();
        await WrittenAsync(database, "a", "written");
        proxy.Hang();
        proxy.ResetConnections();
        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => write);
        Output.WriteLine(error.Message);
        Assert.DoesNotContain("Nothing was written", error.Message, StringComparison.Ordinal);
        Assert.Contains("may have taken effect", error.Message, StringComparison.Ordinal);
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
