using Dapper;
using Microsoft.Extensions.Logging;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class PruneTests(SharedMySql shared, ITestOutputHelper output)
    : PruneTests<TestDatabase, MySqlSessionStore>(() => TestDatabase.CreateAsync(shared), rounds: 5)
{
    [Theory]
    [InlineData(MySqlSessionFormat.ExpressMySqlSession, true)]
    [InlineData(MySqlSessionFormat.Binary, true)]
    // As Node made it: without an index on the expiry.
    [InlineData(MySqlSessionFormat.ExpressMySqlSession, false)]
    public async Task Many_instances_prune_at_once_and_what_is_touched_meanwhile_stays(MySqlSessionFormat format, bool isIndexed)
    {
        const int Sessions = 2000;
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 2; round++)
        {
            await using var database = await TestDatabase.CreateAsync(shared, format);
            if (!isIndexed)
            {
                await database.ExecuteAsync(NodeRow.CreateTable);
            }

            var store = database.Store();
            await store.SetAsync("alive", database.Record(life: TimeSpan.FromHours(1)), Cancel);
            await database.ExecuteAsync(
                $"INSERT INTO sessions (session_id, expires, data) SELECT concat('a', {Rows.Number}), {database.InSeconds(3)}, '{{}}' "
                    + $"FROM {Rows.Of(1000)}"
            );
            await database.ExecuteAsync(
                $"INSERT INTO sessions (session_id, expires, data) SELECT concat('a', {Rows.Number} + 1000), {database.InSeconds(3)}, "
                    + $"'{{}}' FROM {Rows.Of(1000)}"
            );

            // For the pruning instances, whose clocks are ahead, all of them have expired; for the touching one none has.
            var ahead = new FakeTimeProvider(database.Clock.GetUtcNow().AddSeconds(10));
            var removed = 0;
            var pruning = Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            var instance = database.Store(clock: ahead);
                            int batch;
                            while ((batch = await instance.PruneAsync(50, Cancel)) > 0)
                            {
                                Interlocked.Add(ref removed, batch);
                            }
                        },
                        Cancel
                    )
                )
                .ToList();
            var order = Enumerable.Range(1, Sessions).ToArray();
            random.Shuffle(order);
            var touched = 0;
            var touching = order
                .Take(600)
                .Chunk(60)
                .Select(chunk =>
                    Task.Run(
                        async () =>
                        {
                            foreach (var i in chunk)
                            {
                                if (await store.TouchAsync($"a{i}", database.Record(), Cancel))
                                {
                                    Interlocked.Increment(ref touched);
                                }
                            }
                        },
                        Cancel
                    )
                )
                .ToList();
            await Task.WhenAll(pruning.Concat(touching));

            // An instance ends where the rest is locked by others; what was skipped then is taken at the next time.
            var late = database.Store();
            database.Clock.Advance(TimeSpan.FromSeconds(10));
            removed += await late.PruneAsync(Sessions, Cancel);
            output.WriteLine($"{removed} removed, {touched} touched in time");
            Assert.Equal(Sessions, removed + touched);
            Assert.Equal(touched + 1, await store.LengthAsync(Cancel));
        }
    }

    [Fact]
    public async Task A_row_that_somebody_holds_is_left_for_the_next_time()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await SetExpiringAsync(database, store, 3);
        database.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var other = await database.ConnectAsync();
        await using (var transaction = await other.BeginTransactionAsync(Cancel))
        {
            await other.ExecuteAsync("SELECT * FROM sessions WHERE session_id = 'expiring1' FOR UPDATE", transaction: transaction);
            Assert.Equal(2, await store.PruneAsync(10, Cancel));
        }

        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }

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
        var store = NewStore(database, interval, logger, clock: null);
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

    [Fact]
    public Task The_timer_waits_between_half_and_one_and_a_half_of_the_interval_and_then_removes_everything_in_batches() =>
        AssertTimerWaitsAndRemovesEverythingAsync();

    protected override MySqlSessionStore NewStore(
        TestDatabase database,
        TimeSpan interval,
        ILogger<MySqlSessionStore>? logger,
        TimeProvider? clock
    ) => database.Store(options => (options.PruneInterval, options.PruneBatch) = (interval, 10), logger, clock);

    protected override Task<long> CountAsync(TestDatabase database) => database.QueryAsync<long>("SELECT count(*) FROM sessions");

    protected override Task BreakPruningAsync(TestDatabase database) =>
        database.ExecuteAsync(
            "CREATE TRIGGER refuse BEFORE DELETE ON sessions FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not now'"
        );

    protected override Task MendPruningAsync(TestDatabase database) => database.ExecuteAsync("DROP TRIGGER refuse");
}
