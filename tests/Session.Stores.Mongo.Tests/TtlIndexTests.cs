using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>A server that speaks MongoDB's protocol and refuses the TTL index.</summary>
public sealed class TtlIndexTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_refuses_the_TTL_index_is_told_from_others_and_used_without_it()
    {
        await using var mongo = new TestMongo();
        mongo.Server.Faults.All(Fault.Error(67), "createIndexes");

        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await mongo.Store().GetAsync("a", Cancel));
        Assert.Contains("Set CreateIndex = false and a PruneInterval", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);

        var store = mongo.Store(static options => options.CreateIndex = false);
        await store.SetAsync("a", mongo.Record(life: TimeSpan.FromSeconds(30)), Cancel);
        mongo.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }
}
