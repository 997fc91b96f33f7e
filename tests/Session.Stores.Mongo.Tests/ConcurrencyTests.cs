using System.Globalization;
using System.Text;
using Session.Testing;

namespace Session.Stores.Mongo.Tests;

public sealed class ConcurrencyTests(SharedMongoOrSubstitute shared, ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_writes_at_once_are_all_acknowledged_and_present()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            Task.Run(() => store.SetAsync($"sid{i}", mongo.Record($"{i}"), Cancel).AsTask(), Cancel)));
        Assert.Equal(1000, await store.LengthAsync(Cancel));
        Assert.Equal(TestMongo.Payload("999"), (await store.GetAsync("sid999", Cancel))!.Payload.ToArray());
    }

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

    [Fact]
    public async Task Nothing_brings_a_destroyed_session_back()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var mongo = await TestMongo.OnAsync(shared);
        MongoSessionStore[] stores = [mongo.Store(), mongo.Store()];
        for (var round = 0; round < 60; round++)
        {
            var sid = $"sid{round}";
            await stores[0].SetAsync(sid, mongo.Record("1"), Cancel);
            var read = await stores[1].GetAsync(sid, Cancel);
            var order = Enumerable.Range(0, 5).ToArray();
            random.Shuffle(order);
            using var start = new Barrier(order.Length);
            await Task.WhenAll(order.Select(action => Task.Factory.StartNew(
                async () =>
                {
                    start.SignalAndWait(Cancel);
                    var store = stores[action % 2];
                    await (action switch
                    {
                        0 => store.DestroyAsync(sid, Cancel).AsTask(),
                        1 or 2 => store.TouchAsync(sid, mongo.Record(), Cancel).AsTask(),
                        _ => store.TrySetAsync(sid, mongo.Record("2"), read, Cancel).AsTask(),
                    });
                },
                Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
            Assert.True(await stores[0].GetAsync(sid, Cancel) is null, $"Round {round} of seed {seed}: a destroyed session is back.");
        }
    }

    [Fact]
    public async Task Nobody_sees_one_writes_content_with_another_writes_expiry()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        var start = mongo.Clock.GetUtcNow().AddHours(1);
        SessionRecord Paired(int i) => new(TestMongo.Payload($"{i}"), start.AddSeconds(i));
        await store.SetAsync("a", Paired(0), Cancel);

        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(
            async () =>
            {
                for (var i = 0; i < 60; i++)
                {
                    await store.SetAsync("a", Paired((i * 4) + worker), Cancel);
                }
            },
            Cancel)));
        do
        {
            var read = await store.GetAsync("a", Cancel);
            var i = (int)(read!.Expires!.Value - start).TotalSeconds;
            Assert.Equal(TestMongo.Payload($"{i}"), read.Payload.ToArray());
            await Task.Yield();
        }
        while (!writing.IsCompleted);

        await writing;
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
