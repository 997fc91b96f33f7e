using Microsoft.Extensions.Logging;
using ServerSessions.Testing;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class PruneTests(SharedMongoOrSubstitute shared)
    : PruneTests<TestMongo, MongoSessionStore>(() => TestMongo.OnAsync(shared), rounds: 5)
{
    [Fact]
    public async Task A_batch_bounds_documents_without_a_date_as_well()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await SetExpiringAsync(mongo, store, 3);
        await mongo.InsertAsync("{ _id: 'x', session: '{}', expires: null }");
        await mongo.InsertAsync("{ _id: 'y', session: '{}', expires: 'never' }");
        await mongo.InsertAsync("{ _id: 'z', session: '{}', expires: 7 }");
        mongo.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4, await store.PruneAsync(4, Cancel));
        Assert.Equal(2, await store.PruneAsync(4, Cancel));
    }

    [Fact]
    public Task The_timer_waits_between_half_and_one_and_a_half_of_the_interval_and_then_removes_everything_in_batches() =>
        AssertTimerWaitsAndRemovesEverythingAsync();

    // Without the index the server removes nothing of itself.
    protected override MongoSessionStore NewStore(
        TestMongo mongo,
        TimeSpan interval,
        ILogger<MongoSessionStore>? logger,
        TimeProvider? clock
    ) => mongo.Store(options => (options.PruneInterval, options.PruneBatch, options.CreateIndex) = (interval, 10, false), logger, clock);

    protected override Task<long> CountAsync(TestMongo mongo) => mongo.CountAsync();

    protected override Task<TestMongo> NewPlaceToBreakAsync() => Task.FromResult(new TestMongo());

    protected override Task BreakPruningAsync(TestMongo mongo)
    {
        mongo.Server.Faults.All(Fault.Error(8000), "delete");
        return Task.CompletedTask;
    }

    protected override Task MendPruningAsync(TestMongo mongo)
    {
        mongo.Server.Faults.Clear();
        return Task.CompletedTask;
    }
}
