using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class EnumerationTests(SharedMySql shared)
    : EnumerationTests<TestDatabase, MySqlSessionStore>(() => TestDatabase.CreateAsync(shared), large: 700_000)
{
    [Fact]
    public Task Sessions_that_stay_are_yielded_once_though_their_rows_are_replaced_and_others_come_and_go() =>
        AssertThoseThatStayAreYieldedOnceAsync(
            static (database, _) => database.ExecuteAsync("UPDATE sessions SET expires = expires + 1 WHERE session_id LIKE '0%'")
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

        // Changing a table waits for everybody who has it in a transaction.
        await database.ExecuteAsync("SET lock_wait_timeout = 1; LOCK TABLES sessions WRITE; UNLOCK TABLES");
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
        foreach (var start in new[] { "x", "y", "z" })
        {
            await database.ExecuteAsync(
                $"INSERT INTO sessions SELECT concat('{start}', {Rows.Number}), {database.NowSeconds}, '{{}}' FROM {Rows.Of(900)}"
            );
        }

        await store.ClearAsync(Cancel);
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await database.QueryAsync<int>("SELECT count(*) FROM sessions"));
        Assert.Equal(
            2,
            await database.QueryAsync<int>(
                "SELECT count(*) FROM information_schema.statistics WHERE table_schema = database() AND table_name = 'sessions'"
            )
        );
    }
}

public sealed class BinaryEnumerationTests(SharedMySql shared)
    : EnumerationTests<TestDatabase, MySqlSessionStore>(
        () => TestDatabase.CreateAsync(shared, MySqlSessionFormat.Binary),
        large: 700_000
    )
{
    [Fact]
    public async Task Ids_that_are_no_text_are_left_out_and_the_listing_goes_on_behind_each_of_them()
    {
        await using var database = await TestDatabase.CreateAsync(shared, MySqlSessionFormat.Binary);
        var logger = new SignallingLogger();
        var store = database.Store(logger: logger);
        await store.SetAsync("a", database.Record(), Cancel);
        await store.SetAsync("\uffff", database.Record(), Cancel);
        await database.ExecuteAsync(
            $"INSERT INTO sessions SELECT concat(char(0x61, 0xff), {Rows.Number}), {database.InSeconds(60)}, '{{}}' FROM {Rows.Of(40)}"
        );
        await database.ExecuteAsync($"INSERT INTO sessions VALUES (x'ff', {database.InSeconds(60)}, '{{}}')");
        Assert.Equal(["a", "\uffff"], (await store.AllAsync(Cancel).ToListAsync(Cancel)).Select(static entry => entry.Sid));
        Assert.Contains(logger.Messages, static message => message.Contains("41 rows", StringComparison.Ordinal));
    }
}

/// <summary>A table of at most 1000 numbers, on any server.</summary>
internal static class Rows
{
    public const string Number = "numbers.i";

    public static string Of(int count) =>
        "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        + count.ToString(System.Globalization.CultureInfo.InvariantCulture)
        + ") SELECT i FROM n) numbers";
}
