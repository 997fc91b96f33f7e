using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class PruneTests(SharedMySql shared, ITestOutputHelper output)
    : RelationalPruneTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(() => TestDatabase.CreateAsync(shared), output)
{
    [Theory]
    [InlineData(MySqlSessionFormat.ExpressMySqlSession, true)]
    [InlineData(MySqlSessionFormat.Binary, true)]
    // As Node made it: without an index on the expiry.
    [InlineData(MySqlSessionFormat.ExpressMySqlSession, false)]
    public Task Many_instances_prune_at_once_and_what_is_touched_meanwhile_stays(MySqlSessionFormat format, bool isIndexed) =>
        AssertWhatIsTouchedStaysAsync(
            sessions: 2000,
            rounds: 2,
            async () =>
            {
                var database = await TestDatabase.CreateAsync(shared, format);
                if (!isIndexed)
                {
                    await database.CreateAsNodeAsync();
                }

                return database;
            }
        );

    [Fact]
    public async Task Pruning_reads_by_the_index_and_not_the_whole_table()
    {
        // Its own counters say what the server has read.
        await using var server = await MariaDbServer.StartAsync("--userstat=1");
        await using var database = await server.NewDatabaseAsync();
        await using var store = new MySqlSessionStore(
            new MySqlSessionStoreOptions { ConnectionString = database.ConnectionString, OperationTimeout = TimeSpan.FromSeconds(30) }
        );
        await store.SetAsync("a", OwnServer.Record(), Cancel);
        await database.ExecuteAsync(
            $"INSERT INTO sessions SELECT concat('a', {Rows.Number}), 4000000000 + {Rows.Number}, '{{}}' FROM {Rows.Of(1000)}; ANALYZE "
                + "TABLE sessions"
        );
        var before = await ReadsAsync();
        Assert.Equal(0, await store.PruneAsync(1000, Cancel));
        Assert.InRange(await ReadsAsync() - before, 0, 20);
        Assert.Equal(1001, await store.LengthAsync(Cancel));
        Assert.InRange(await ReadsAsync() - before, 1000, 1100);

        async Task<long> ReadsAsync() =>
            Convert.ToInt64(
                await server.ScalarAsync(
                    $"SELECT rows_read FROM information_schema.table_statistics WHERE table_schema = '{database.Name}'"
                ),
                null
            );
    }

    [Fact]
    public async Task After_a_full_batch_the_server_rests_for_nineteen_times_as_long_as_it_took()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var logger = new SignallingLogger();
        var interval = TimeSpan.FromMinutes(10);
        var store = NewStore(database, interval, logger);
        await SetExpiringAsync(database, store, 11);
        await database.ExecuteAsync("CREATE TABLE removed (at timestamp(6) NOT NULL)");
        await database.ExecuteAsync(
            "CREATE TRIGGER removal BEFORE DELETE ON sessions FOR EACH ROW INSERT INTO removed SELECT sysdate(6) FROM (SELECT sleep(0.01)) "
                + "AS slept"
        );
        var pruned = logger.EventAsync("Pruned");
        database.Clock.Advance(interval * 1.5);
        await pruned;

        // By the server's clock alone. The store also counts the way there and back, so that its rest is longer. Each row took 10 ms.
        Assert.Equal(11, await database.QueryAsync<int>("SELECT count(*) FROM removed"));
        Assert.True(
            await database.QueryAsync<bool>(
                "SELECT timestampdiff(MICROSECOND, tenth.at, last.at) >= 19 * timestampdiff(MICROSECOND, first.at, tenth.at) FROM "
                    + "(SELECT at FROM removed ORDER BY at LIMIT 1) first, (SELECT at FROM removed ORDER BY at LIMIT 9, 1) tenth, "
                    + "(SELECT at FROM removed ORDER BY at LIMIT 10, 1) last"
            )
        );
    }

    protected override Task BreakPruningAsync(TestDatabase database) =>
        database.ExecuteAsync(
            "CREATE TRIGGER refuse BEFORE DELETE ON sessions FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now'"
        );

    protected override Task MendPruningAsync(TestDatabase database) => database.ExecuteAsync("DROP TRIGGER refuse");
}
