using Dapper;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class PruneTests(SharedPostgres shared, ITestOutputHelper output)
    : RelationalPruneTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(() => TestDatabase.CreateAsync(shared), output)
{
    [Fact]
    public Task Many_instances_prune_at_once_and_what_is_touched_meanwhile_stays() =>
        AssertWhatIsTouchedStaysAsync(sessions: 3000, rounds: 3, NewPlaceAsync);

    [Fact]
    public async Task Pruning_reads_by_the_index_and_not_the_whole_table()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.Store().OpenAsync(Cancel);
        await database.ExecuteAsync(
            $"INSERT INTO session SELECT 'a' || i, '{{}}', to_timestamp({database.NowSeconds + 1000} + i) FROM generate_series(1, "
                + $"20000) i; ANALYZE session"
        );
        await using var other = (NpgsqlConnection)await database.ConnectAsync();
        await other.ExecuteAsync("LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET client_min_messages = log");
        var plans = new List<string>();
        other.Notice += (_, notice) => plans.Add(notice.Notice.MessageText);

        // The statement as the store sends it, taken from the server's own list.
        var logger = new SignallingLogger();
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1 }.ConnectionString
        );
        await using var store = new PostgresSessionStore(new PostgresSessionStoreOptions { DataSource = source }, database.Clock, logger);
        Assert.Equal(0, await store.PruneAsync(1000, Cancel));
        var statement = await database.QueryAsync<string>(
            "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%SKIP LOCKED%' AND pid <> "
                + "pg_backend_pid()"
        );
        await other.ExecuteAsync($"PREPARE prune AS {statement}");
        await other.ExecuteAsync($"EXECUTE prune (to_timestamp({database.NowSeconds}), 1000)");
        Assert.Contains(plans, static plan =>
            plan.Contains("IDX_session_expire", StringComparison.Ordinal) && !plan.Contains("Seq Scan on session", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Of_a_table_in_partitions_no_row_goes_for_one_in_the_same_place_of_another()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            """
            CREATE TABLE session (sid varchar NOT NULL PRIMARY KEY, sess json NOT NULL, expire timestamp(6) NOT NULL) PARTITION BY RANGE (sid);
            CREATE TABLE session_expired PARTITION OF session FOR VALUES FROM (MINVALUE) TO ('b');
            CREATE TABLE session_alive PARTITION OF session FOR VALUES FROM ('b') TO (MAXVALUE);
            CREATE INDEX ON session (expire)
            """
        );
        var store = database.Store();
        for (var i = 0; i < 20; i++)
        {
            await store.SetAsync($"a{i}", database.Record(life: TimeSpan.FromSeconds(1)), Cancel);
            await store.SetAsync($"b{i}", database.Record(life: TimeSpan.FromHours(1)), Cancel);
            await store.SetAsync($"c{i}", database.Record(life: TimeSpan.FromSeconds(1)), Cancel);
        }

        database.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(30, await store.PruneAsync(30, Cancel));
        Assert.Equal(10, await store.PruneAsync(30, Cancel));
        Assert.Equal(20, await store.LengthAsync(Cancel));
        Assert.Equal(20, await CountAsync(database));
    }

    [Fact]
    public async Task After_a_full_batch_the_server_rests_for_nineteen_times_as_long_as_it_took()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var logger = new SignallingLogger();
        var interval = TimeSpan.FromMinutes(10);
        var store = NewStore(database, interval, logger);
        await SetExpiringAsync(database, store, 15);
        await database.ExecuteAsync(
            """
            CREATE TABLE batch (began timestamptz, ended timestamptz);
            CREATE FUNCTION begin_batch() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO batch VALUES (clock_timestamp()); PERFORM pg_sleep(0.05); RETURN NULL; END $$;
            CREATE FUNCTION end_batch() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN UPDATE batch SET ended = clock_timestamp() WHERE ended IS NULL; RETURN NULL; END $$;
            CREATE TRIGGER begins BEFORE DELETE ON session FOR EACH STATEMENT EXECUTE FUNCTION begin_batch();
            CREATE TRIGGER ends AFTER DELETE ON session FOR EACH STATEMENT EXECUTE FUNCTION end_batch()
            """
        );
        var pruned = logger.EventAsync("Pruned");
        database.Clock.Advance(interval * 1.5);
        await pruned;

        // By the server's clock alone. The store also counts the way there and back, so that its rest is longer.
        Assert.Equal(2, await database.QueryAsync<int>("SELECT count(*) FROM batch"));
        Assert.True(
            await database.QueryAsync<bool>(
                "SELECT later.began - first.ended >= 19 * (first.ended - first.began) FROM batch first JOIN batch later ON later.began "
                    + "> first.began"
            )
        );
    }

    protected override Task BreakPruningAsync(TestDatabase database) =>
        database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
            CREATE TRIGGER refuse BEFORE DELETE ON session FOR EACH ROW EXECUTE FUNCTION refuse()
            """
        );

    protected override Task MendPruningAsync(TestDatabase database) => database.ExecuteAsync("DROP TRIGGER refuse ON session");
}
