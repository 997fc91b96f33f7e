using MongoDB.Driver;
using Session.Testing;

namespace Session.Stores.Mongo.Tests;

public sealed class DisposalTests(SharedMongoOrSubstitute shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disposed_store_refuses_every_call_and_may_be_disposed_again(bool used)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        if (used)
        {
            await store.GetAsync("a", Cancel);
        }

        await Task.WhenAll(store.DisposeAsync().AsTask(), store.DisposeAsync().AsTask());
        await store.DisposeAsync();
        var record = mongo.Record();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.OpenAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a", Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.SetAsync("a", record, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.DestroyAsync("a", Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.TouchAsync("a", record, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.TrySetAsync("a", record, null, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.LengthAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ClearAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.PruneAsync(1, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.AllAsync(Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_disposed_store_leaves_no_connection_open()
    {
        await using var mongo = new TestMongo();
        await using var proxy = FaultProxy.Start(new MongoUrl(mongo.ConnectionString).Server.Port);
        var store = mongo.Store(options => options.ConnectionString = $"mongodb://{proxy.EndPoint}/?directConnection=true");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.SetAsync($"{i}", mongo.Record(), Cancel).AsTask()));
        Assert.True(proxy.Open > 1, "The driver keeps a connection for its heartbeat beside those of the calls.");

        await store.DisposeAsync();
        while (proxy.Open > 0)
        {
            await Task.Delay(10, Cancel);
        }
    }

    [Fact]
    public async Task Calls_under_way_when_the_store_is_disposed_end_well_or_say_so()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var mongo = await TestMongo.OnAsync(shared);
            var store = mongo.Store();
            await store.SetAsync("a", mongo.Record(), Cancel);
            var calls = Enumerable.Range(0, 32).Select(i => Task.Run(
                async () =>
                {
                    for (var n = 0; ; n++)
                    {
                        await store.GetAsync("a", Cancel);
                        await store.SetAsync($"{i}-{n}", mongo.Record(), Cancel);
                    }
                },
                Cancel)).ToList();
            await Task.Yield();
            await store.DisposeAsync();
            foreach (var call in calls)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => call);
            }
        }
    }
}
