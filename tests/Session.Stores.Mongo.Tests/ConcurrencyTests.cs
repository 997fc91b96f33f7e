using System.Globalization;
using System.Text;
using Session.Testing;

namespace Session.Stores.Mongo.Tests;

public sealed class ConcurrencyTests(SharedMongoOrSubstitute shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parallel_read_modify_writes_on_two_stores_lose_nothing()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var mongo = await TestMongo.OnAsync(shared);
            MongoSessionStore[] stores = [mongo.Store(), mongo.Store()];
            await stores[0].SetAsync("a", Numbers(mongo, []), Cancel);
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => AddAsync(mongo, stores[i % 2], i), Cancel)));

            var read = await stores[0].GetAsync("a", Cancel);
            Assert.Equal(Enumerable.Range(0, 64), Numbers(read!).Order());
        }
    }

    private static async Task AddAsync(TestMongo mongo, MongoSessionStore store, int number)
    {
        ConditionalSetResult result;
        do
        {
            var read = await store.GetAsync("a", Cancel);
            result = await store.TrySetAsync("a", Numbers(mongo, [.. Numbers(read!), number]), read, Cancel);
            Assert.NotEqual(ConditionalSetResult.Missing, result);
        }
        while (result != ConditionalSetResult.Stored);
    }

    private static SessionRecord Numbers(TestMongo mongo, int[] numbers) =>
        new(Encoding.UTF8.GetBytes(string.Join(',', numbers)), mongo.Clock.GetUtcNow().AddHours(1));

    private static int[] Numbers(SessionRecord record) =>
        [.. Encoding.UTF8.GetString(record.Payload.Span).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
}
