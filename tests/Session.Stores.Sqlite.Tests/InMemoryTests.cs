using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class InMemoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(":memory:")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=shared-by-name;Mode=Memory;Cache=Shared")]
    [InlineData("Mode=Memory")]
    [InlineData("file:by-uri?mode=memory")]
    [InlineData("file:by-uri?mode=m%65mory")]
    [InlineData("FILE:by-uri?mode=rwc&mode=memory")]
    [InlineData("file::memory:")]
    [InlineData("file::memory:?cache=shared")]
    [InlineData("Data Source=file::memory:?cache=private")]
    [InlineData("Data Source=:MEMORY:")]
    [InlineData(" :memory: ")]
    [InlineData(":memory:\n")]
    [InlineData("Data Source=:memory:;\r\n")]
    public async Task Everything_works_in_memory(string connectionString)
    {
        await using var database = new TestDatabase();
        var store = database.Store(options =>
            (options.ConnectionString, options.PruneInterval) = (connectionString, Timeout.InfiniteTimeSpan)
        );
        await Task.WhenAll(
            Enumerable
                .Range(0, 500)
                .Select(i =>
                    Task.Run(
                        async () =>
                        {
                            await store.SetAsync($"{i}", database.Record($"{i}"), Cancel);
                            var read = await store.GetAsync($"{i}", Cancel);
                            Assert.Equal(
                                ConditionalSetResult.Stored,
                                await store.TrySetAsync($"{i}", database.Record($"{i}!"), read, Cancel)
                            );
                        },
                        Cancel
                    )
                )
        );
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

    [Theory]
    [InlineData("sqlite::memory:")]
    [InlineData("sqlite:///:memory:")]
    [InlineData("sqlite://:memory:")]
    [InlineData("sqlite:/:memory:")]
    [InlineData("SQLite:///:Memory:\n")]
    [InlineData("sqlite:file::memory:")]
    public async Task Every_URL_that_says_memory_is_a_database_in_memory(string url)
    {
        var services = new ServiceCollection();
        new SqliteSessionStoreProvider().AddStore(new ServerSessionBuilder(services), url);
        await using var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredService<SqliteSessionStore>();
        await store.SetAsync("a", new SessionRecord("""{"cookie":{}}"""u8, null), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
        Assert.False(File.Exists("/:memory:"));
        Assert.False(File.Exists(":memory:"));
    }

    [Theory]
    [InlineData("/:memory:")]
    [InlineData("./:memory:")]
    [InlineData("x/:Memory:")]
    [InlineData("file:///:memory:")]
    [InlineData("file:x/%3amemory:")]
    [InlineData("Data Source=/:memory:")]
    public void A_file_that_is_named_memory_is_refused(string connectionString)
    {
        var error = Assert.Throws<OptionsValidationException>(() =>
            new SqliteSessionStore(new SqliteSessionStoreOptions { ConnectionString = connectionString })
        );
        Assert.Contains("Give ':memory:' alone", error.Message, StringComparison.Ordinal);
    }
}
