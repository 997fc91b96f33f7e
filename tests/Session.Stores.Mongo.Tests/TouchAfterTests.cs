using MongoDB.Bson;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class TouchAfterTests(SharedMongoOrSubstitute shared)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_touch_is_written_once_per_interval_and_lastModified_with_it()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.TouchAfter = Hour);
        await store.SetAsync("a", mongo.Record(life: 24 * Hour), Cancel);
        var first = await mongo.DocumentAsync("a");
        Assert.Equal(mongo.In(TimeSpan.Zero), first!["lastModified"]);

        mongo.Clock.Advance(Hour - TimeSpan.FromMilliseconds(1));
        Assert.True(await store.TouchAsync("a", mongo.Record(life: 24 * Hour), Cancel));
        Assert.Equal(first, await mongo.DocumentAsync("a"));

        mongo.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await store.TouchAsync("a", mongo.Record(life: 24 * Hour), Cancel));
        var second = await mongo.DocumentAsync("a");
        Assert.Equal(mongo.In(24 * Hour), second!["expires"]);
        Assert.Equal(mongo.In(TimeSpan.Zero), second["lastModified"]);
    }

    [Fact]
    public async Task A_session_that_lives_shorter_than_the_interval_is_kept_alive_all_the_same()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.TouchAfter = 24 * Hour);
        await store.SetAsync("a", mongo.Record(life: Hour), Cancel);
        for (var i = 0; i < 20; i++)
        {
            mongo.Clock.Advance(Hour / 2);
            Assert.True(await store.TouchAsync("a", mongo.Record(life: Hour), Cancel));
        }
    }

    [Fact]
    public async Task A_touch_that_shortens_the_life_by_much_or_ends_it_is_written()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.TouchAfter = Hour);
        await store.SetAsync("a", mongo.Record(life: 24 * Hour), Cancel);
        Assert.True(await store.TouchAsync("a", mongo.Record(life: Hour), Cancel));
        Assert.Equal(mongo.Clock.GetUtcNow() + Hour, (await store.GetAsync("a", Cancel))!.Expires);
        Assert.True(await store.TouchAsync("a", mongo.Record(life: TimeSpan.Zero), Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_touch_of_an_absent_session_says_so()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.TouchAfter = Hour);
        Assert.False(await store.TouchAsync("a", mongo.Record(), Cancel));
        Assert.Equal(0, await mongo.CountAsync());
    }

    [Fact]
    public async Task A_document_without_an_expiry_gets_one_with_the_first_touch()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.TouchAfter = Hour);
        await mongo.InsertAsync("{ _id: 'a', session: '{}' }");
        Assert.True(await store.TouchAsync("a", mongo.Record(), Cancel));
        Assert.Equal(mongo.In(TimeSpan.FromMinutes(10)), (await mongo.DocumentAsync("a"))!["expires"]);
    }

    [Fact]
    public async Task Without_the_option_there_is_no_lastModified()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await mongo.Store().SetAsync("a", mongo.Record(), Cancel);
        Assert.Equal(["_id", "session", "expires"], (await mongo.DocumentAsync("a"))!.Names);
    }
}
