using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class EnumerationTests(SharedPostgres shared)
    : EnumerationTests<TestDatabase, PostgresSessionStore>(() => TestDatabase.CreateAsync(shared), large: 700_000)
{
    [Fact]
    public Task Sessions_that_stay_are_yielded_once_though_their_rows_are_replaced_and_others_come_and_go() =>
        // The rows move to the end of the table. No statement of the listing stands in the way.
        AssertThoseThatStayAreYieldedOnceAsync(
            static (database, _) => database.ExecuteAsync("UPDATE session SET expire = expire + interval '1 second' WHERE sid LIKE '0%'")
        );

    [Fact]
    public async Task Between_two_steps_the_database_is_free_for_everyone()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        await store.SetAsync("b", database.Record(), Cancel);
        await using var steps = store.AllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await steps.MoveNextAsync());

        // Dropping a table waits for everybody who has it in a transaction.
        Assert.Equal(
            0,
            await database.QueryAsync<int>(
                "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'session'"
            )
        );
        await database.ExecuteAsync("BEGIN; SET LOCAL lock_timeout = '100ms'; LOCK TABLE session IN ACCESS EXCLUSIVE MODE; COMMIT");
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task Clear_removes_all_and_keeps_table_and_index()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        await store.SetAsync("b", database.Record(), Cancel);
        await store.TouchAsync("b", database.Record(life: TimeSpan.Zero), Cancel);
        await database.ExecuteAsync("INSERT INTO session SELECT 'x' || i, '{}', now() FROM generate_series(1, 2500) i");
        await store.ClearAsync(Cancel);
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await database.QueryAsync<int>("SELECT count(*) FROM session"));
        Assert.Equal(
            3,
            await database.QueryAsync<int>(
                "SELECT count(*) FROM pg_class WHERE relname IN ('session', 'session_pkey', 'IDX_session_expire')"
            )
        );
    }
}
