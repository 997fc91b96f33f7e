namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class EnumerationTests() : EnumerationTests<TestDatabase, SqliteSessionStore>(TestDatabase.CreateAsync, large: 700_000)
{
    [Fact]
    public Task Sessions_that_stay_are_yielded_once_though_their_rows_are_replaced_and_others_come_and_go() =>
        AssertThoseThatStayAreYieldedOnceAsync(
            static (database, _) =>
            {
                // As Node writes: the row moves to the end of the table. No statement of the listing stands in the way.
                database.Execute("INSERT OR REPLACE INTO sessions SELECT sid, expired, sess FROM sessions WHERE sid LIKE '0%'");
                return Task.CompletedTask;
            }
        );

    [Fact]
    public async Task Between_two_steps_the_database_is_free_for_everyone()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        await store.SetAsync("b", database.Record(), Cancel);
        await using var steps = store.AllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await steps.MoveNextAsync());

        // A checkpoint that truncates the log succeeds only if no connection reads or writes.
        Assert.Equal(0L, database.Query("PRAGMA wal_checkpoint(TRUNCATE)"));
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task Clear_removes_all_and_keeps_table_and_index()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        await store.SetAsync("b", database.Record(), Cancel);
        await store.TouchAsync("b", database.Record(life: TimeSpan.Zero), Cancel);
        await store.ClearAsync(Cancel);
        await store.ClearAsync(Cancel);
        Assert.Equal(0L, database.Query("SELECT count(*) FROM sessions"));
        Assert.Equal(2L, database.Query("SELECT count(*) FROM sqlite_schema WHERE name IN ('sessions', 'sessions_expired')"));
    }
}
