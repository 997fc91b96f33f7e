using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Testing;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class EnumerationTests(SharedMongoOrSubstitute shared)
    : EnumerationTests<TestMongo, MongoSessionStore>(() => TestMongo.OnAsync(shared), large: 2_500_000)
{
    [Fact]
    public Task Sessions_that_stay_are_yielded_once_though_they_are_written_and_others_come_and_go() =>
        AssertThoseThatStayAreYieldedOnceAsync(static (mongo, store) => store.SetAsync("0000", mongo.Record("again"), Cancel).AsTask());

    [Fact]
    public async Task Clear_removes_all_whatever_it_is_and_keeps_the_index()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record(), Cancel);
        await store.SetAsync("b", mongo.Record(), Cancel);
        await store.TouchAsync("b", mongo.Record(life: TimeSpan.Zero), Cancel);
        await mongo.InsertAsync("{ _id: 7, other: 1 }");
        await store.ClearAsync(Cancel);
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await mongo.CountAsync());
        using var indexes = await mongo.Collection.Indexes.ListAsync(Cancel);
        Assert.Equal(["_id_", "expires_1"], (await indexes.ToListAsync(Cancel)).Select(index => index["name"].AsString));
    }

    [Fact]
    public async Task A_listing_that_shows_what_was_not_asked_for_is_an_error_of_the_store()
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        await store.OpenAsync(Cancel);
        var cursor = new BsonDocument
        {
            { "id", 0L },
            { "ns", "session_tests.sessions" },
            {
                "firstBatch",
                new BsonArray
                {
                    new BsonDocument { { "_id", 5 }, { "session", "{}" } },
                }
            },
        };
        mongo.Server.Faults.All(Fault.Reply(new BsonDocument { { "cursor", cursor }, { "ok", 1 } }), "find");
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.AllAsync(Cancel).ToListAsync(Cancel));
        Assert.Equal(("MongoDB", SessionStoreOperation.All), (error.Backend, error.Operation));
    }
}
