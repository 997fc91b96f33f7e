using MongoDB.Driver;
using ServerSessions.Conformance;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class DisposalTests(SharedMongoOrSubstitute shared)
    : DisposalTests<TestMongo, MongoSessionStore>(() => TestMongo.OnAsync(shared), rounds: 5)
{
    [Fact]
    public async Task A_disposed_store_leaves_no_connection_open()
    {
        await using var mongo = new TestMongo();
        await using var proxy = FaultProxy.Start(new MongoUrl(mongo.ConnectionString).Server.Port);
        var store = mongo.Store(options => options.ConnectionString = $"mongodb://{proxy.EndPoint}/?directConnection=true");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.SetAsync($"{i}", mongo.Record(), Cancel).AsTask()));
        Assert.True(proxy.Open > 1, "The driver keeps a connection for its heartbeat beside those of the calls.");

        await store.DisposeAsync();
        await Bounded.UntilAsync(() => proxy.Open == 0, "the end of the driver's connections", Cancel);
    }
}
