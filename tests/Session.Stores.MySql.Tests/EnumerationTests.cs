using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class EnumerationTests(SharedMySql shared)
    : RelationalEnumerationTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    protected override string ASecondLater => "expires + 1";

    protected override Task AssertFreeAsync(TestDatabase database) =>
        database.ExecuteAsync("SET lock_wait_timeout = 1; LOCK TABLES sessions WRITE; UNLOCK TABLES");

    protected override async Task AssertTableAndIndexAsync(TestDatabase database) =>
        Assert.Equal(
            2,
            await database.QueryAsync<int>(
                "SELECT count(*) FROM information_schema.statistics WHERE table_schema = database() AND table_name = 'sessions'"
            )
        );
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
