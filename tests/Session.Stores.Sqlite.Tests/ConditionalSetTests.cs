namespace Session.Stores.Sqlite.Tests;

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
}
