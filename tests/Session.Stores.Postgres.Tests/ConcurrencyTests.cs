using System.Globalization;
using System.Text.Json;
using Session.Testing;

namespace Session.Stores.Postgres.Tests;

public sealed class ConcurrencyTests(SharedPostgres shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parallel_read_modify_writes_on_two_stores_lose_nothing()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var database = await TestDatabase.CreateAsync(shared);
            PostgresSessionStore[] stores = [database.Store(), database.Store()];
            await stores[0].SetAsync("a", Numbers(database, []), Cancel);
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => AddAsync(database, stores[i % 2], i), Cancel)));

            var read = await stores[0].GetAsync("a", Cancel);
            Assert.Equal(Enumerable.Range(0, 64), Numbers(read!).Order());
        }
    }

    private static async Task AddAsync(TestDatabase database, PostgresSessionStore store, int number)
    {
        ConditionalSetResult result;
        do
        {
            var read = await store.GetAsync("a", Cancel);
            result = await store.TrySetAsync("a", Numbers(database, [.. Numbers(read!), number]), read, Cancel);
            Assert.NotEqual(ConditionalSetResult.Missing, result);
        }
        while (result != ConditionalSetResult.Stored);
    }

    private static SessionRecord Numbers(TestDatabase database, int[] numbers) =>
        new(TestDatabase.Payload(string.Join(',', numbers)), database.Clock.GetUtcNow().AddHours(1));

    private static int[] Numbers(SessionRecord record) =>
        [.. JsonDocument.Parse(record.Payload).RootElement.GetProperty("value").GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
}
