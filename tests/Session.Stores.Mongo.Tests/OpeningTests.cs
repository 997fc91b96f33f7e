using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Testing;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class OpeningTests(SharedMongoOrSubstitute shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_index_is_exactly_that_of_connect_mongo()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await mongo.Store().OpenAsync(Cancel);
        using var indexes = await mongo.Collection.Indexes.ListAsync(Cancel);
        var index = Assert.Single(await indexes.ToListAsync(Cancel), index => index["name"] == "expires_1");
        Assert.Equal(new BsonDocument("expires", 1), index["key"]);
        Assert.Equal(0, index["expireAfterSeconds"].ToInt32());
    }

    [Fact]
    public async Task Many_stores_start_at_once_on_an_empty_database()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var stores = Enumerable.Range(0, 32).Select(_ => mongo.Store()).ToList();
        await Task.WhenAll(stores.Select((store, i) => Task.Run(() => store.SetAsync($"{i}", mongo.Record(), Cancel).AsTask(), Cancel)));
        Assert.Equal(32, await stores[0].LengthAsync(Cancel));
    }

    [Fact]
    public async Task Calls_that_come_together_open_once()
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => store.SetAsync($"{i}", mongo.Record(), Cancel).AsTask()));
        Assert.Single(mongo.Server.Commands, command => command.Contains("createIndexes"));
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(null)]
    public async Task An_index_with_other_options_is_left_as_it_is_and_told_of(int? seconds)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var options = new CreateIndexOptions { Name = "expires_1", ExpireAfter = seconds is { } s ? TimeSpan.FromSeconds(s) : null };
        await mongo.Collection.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(new BsonDocument("expires", 1), options),
            null,
            Cancel
        );
        var logger = new SignallingLogger();
        var store = mongo.Store(logger: logger);
        await store.SetAsync("a", mongo.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
        Assert.Equal(1, logger.Count("OtherIndex"));
        using var indexes = await mongo.Collection.Indexes.ListAsync(Cancel);
        Assert.Equal(2, (await indexes.ToListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Without_CreateIndex_nothing_is_created()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.CreateIndex = false);
        await store.OpenAsync(Cancel);
        using var names = await mongo.Database.ListCollectionNamesAsync(null, Cancel);
        Assert.Empty(await names.ToListAsync(Cancel));
        await store.SetAsync("a", mongo.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Theory]
    [InlineData("{ type: 'view', options: {} }", "it is a view")]
    [InlineData("{ type: 'timeseries', options: {} }", "it is a timeseries")]
    [InlineData("{ type: 'collection', options: { capped: true, size: 1000 } }", "capped")]
    [InlineData("{ type: 'collection', options: { collation: { locale: 'en', strength: 2 } } }", "collation")]
    public async Task A_collection_that_would_lose_or_mix_up_sessions_is_refused(string entry, string says)
    {
        await using var mongo = new TestMongo();
        var cursor = new BsonDocument
        {
            { "id", 0L },
            { "ns", "x.$cmd.listCollections" },
            {
                "firstBatch",
                new BsonArray { BsonDocument.Parse(entry) }
            },
        };
        mongo.Server.Faults.All(Fault.Reply(new BsonDocument { { "cursor", cursor }, { "ok", 1 } }), "listCollections");
        var store = mongo.Store();
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.False(error.IsTransient);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(mongo.Server.Commands, command => command.Contains("createIndexes"));

        mongo.Server.Faults.Clear();
        await store.SetAsync("a", mongo.Record(), Cancel);
    }

    [Fact]
    public async Task Whoever_may_not_list_collections_may_still_use_one()
    {
        await using var mongo = new TestMongo();
        mongo.Server.Faults.All(Fault.Error(13), "listCollections");
        await mongo.Store().SetAsync("a", mongo.Record(), Cancel);
        Assert.Equal(1, await mongo.CountAsync());
    }

    [Fact]
    public async Task A_right_that_is_missing_at_the_opening_is_named_and_a_later_grant_is_enough()
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        mongo.Server.Faults.All(Fault.Error(13), "createIndexes");
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
        Assert.Contains("Grant the role readWrite", error.Message, StringComparison.Ordinal);
        mongo.Server.Faults.Clear();
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task The_server_removes_what_has_expired_by_itself()
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record(life: TimeSpan.FromSeconds(30)), Cancel);
        await store.SetAsync("b", mongo.Record(), Cancel);
        mongo.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(1, await mongo.CountAsync());
        Assert.NotNull(await store.GetAsync("b", Cancel));
    }
}
