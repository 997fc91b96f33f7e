namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class ConditionalSetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("NULL")]
    [InlineData("'2999-01-01T00:00:00.000Z'")]
    [InlineData("x'00'")]
    public async Task Expecting_nothing_replaces_a_row_that_no_one_can_read(string expired)
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.OpenAsync(Cancel);
        database.Execute($"INSERT INTO sessions VALUES ('a', {expired}, '{{}}')");
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", database.Record("new"), null, Cancel));
        Assert.Equal(TestDatabase.Payload("new"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task What_is_to_end_removes_the_row_also_one_that_no_one_can_read_and_leaves_one_that_is_not_as_expected()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        var live = database.Record();
        await store.SetAsync("a", live, Cancel);
        database.Execute("INSERT INTO sessions VALUES ('b', NULL, '{}'), ('c', 'no date', '{}')");
        var ended = database.Record(life: TimeSpan.Zero);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", ended, null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", ended, database.Record("other"), Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("b", ended, live, Cancel));
        Assert.Equal(3L, database.Query("SELECT count(*) FROM sessions"));

        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", ended, live, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("b", ended, null, Cancel));
        await store.SetAsync("c", ended, Cancel);
        Assert.Equal(0L, database.Query("SELECT count(*) FROM sessions"));
    }
}
