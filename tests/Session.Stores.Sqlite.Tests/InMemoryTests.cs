namespace Session.Stores.Sqlite.Tests;

public sealed class InMemoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(":memory:")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=shared-by-name;Mode=Memory;Cache=Shared")]
    [InlineData("Mode=Memory")]
    [InlineData("file:by-uri?mode=memory")]
    public async Task Everything_works_in_memory(string connectionString)
    {
        await using var database = new TestDatabase();
        var store = database.Store(options =>
            (options.ConnectionString, options.PruneInterval) = (connectionString, Timeout.InfiniteTimeSpan));
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(
            async () =>
            {
                await store.SetAsync($"{i}", database.Record($"{i}"), Cancel);
                var read = await store.GetAsync($"{i}", Cancel);
                Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync($"{i}", database.Record($"{i}!"), read, Cancel));
            },
            Cancel)));
        Assert.Equal(500, await store.LengthAsync(Cancel));
        Assert.Equal(500, await store.AllAsync(Cancel).CountAsync(Cancel));
        database.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(500, await store.PruneAsync(1000, Cancel));
        Assert.Empty(Directory.GetFiles(database.Folder));
    }

    [Fact]
    public async Task Two_stores_in_memory_are_two_databases()
    {
        await using var database = new TestDatabase();
        var first = database.Store(options => options.ConnectionString = ":memory:");
        var second = database.Store(options => options.ConnectionString = ":memory:");
        await first.SetAsync("a", database.Record(), Cancel);
        Assert.Null(await second.GetAsync("a", Cancel));
    }
}
