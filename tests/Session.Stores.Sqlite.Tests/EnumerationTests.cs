using System.Globalization;

namespace Session.Stores.Sqlite.Tests;

public sealed class EnumerationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_yields_every_live_session_once_with_its_content_and_expiry_over_many_pages()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            store.SetAsync($"sid{i}", database.Record($"{i}", TimeSpan.FromSeconds(i % 2 == 0 ? 10 : 1)), Cancel).AsTask()));
        database.Clock.Advance(TimeSpan.FromSeconds(5));

        var all = await store.AllAsync(Cancel).ToListAsync(Cancel);
        Assert.Equal(500, all.Select(entry => entry.Sid).Distinct().Count());
        Assert.Equal(500, all.Count);
        Assert.Equal(500, await store.LengthAsync(Cancel));
        Assert.All(all, entry =>
        {
            Assert.Equal(TestDatabase.Payload(entry.Sid[3..]), entry.Record.Payload.ToArray());
            Assert.Equal(database.Clock.GetUtcNow().AddSeconds(5), entry.Record.Expires);
        });
    }

    [Fact]
    public async Task Large_sessions_make_small_pages_and_none_is_lost()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        for (var i = 0; i < 8; i++)
        {
            await store.SetAsync($"{i}", database.Record(new string('x', 700_000)), Cancel);
        }

        Assert.Equal(8, await store.AllAsync(Cancel).Select(entry => entry.Sid).Distinct().CountAsync(Cancel));
    }

    [Fact]
    public async Task Sessions_that_stay_are_yielded_once_though_their_rows_are_replaced_and_others_come_and_go()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        for (var i = 0; i < 600; i++)
        {
            await store.SetAsync(i.ToString("D4", CultureInfo.InvariantCulture), database.Record(), Cancel);
        }

        var seen = new List<string>();
        await foreach (var entry in store.AllAsync(Cancel))
        {
            seen.Add(entry.Sid);
            if (seen.Count % 20 == 0)
            {
                // As Node writes: the row moves to the end of the table. No statement of the listing stands in the way.
                database.Execute("INSERT OR REPLACE INTO sessions SELECT sid, expired, sess FROM sessions WHERE sid LIKE '0%'");
                await store.SetAsync($"new{seen.Count}", database.Record(), Cancel);
                await store.DestroyAsync($"new{seen.Count - 20}", Cancel);
            }
        }

        Assert.Equal(Enumerable.Range(0, 600).Select(i => i.ToString("D4", CultureInfo.InvariantCulture)), seen.Where(sid => sid[0] == '0'));
    }

    [Fact]
    public async Task Between_two_steps_the_database_is_free_for_everyone()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        await store.SetAsync("b", database.Record(), Cancel);
        await using var steps = store.AllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await steps.MoveNextAsync());

        // A checkpoint that truncates the log succeeds only where nobody reads or writes.
        Assert.Equal(0L, database.Query("PRAGMA wal_checkpoint(TRUNCATE)"));
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_session_that_expires_while_the_caller_dawdles_is_not_yielded()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.SetAsync("a", database.Record(), Cancel);
        await store.SetAsync("b", database.Record(life: TimeSpan.FromSeconds(1)), Cancel);
        await using var steps = store.AllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await steps.MoveNextAsync());
        database.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await steps.MoveNextAsync());
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
