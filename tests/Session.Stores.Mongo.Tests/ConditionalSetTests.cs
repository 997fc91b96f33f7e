using Session.Testing;

namespace Session.Stores.Mongo.Tests;

public sealed class ConditionalSetTests(SharedMongoOrSubstitute shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Expecting_nothing_stores_only_where_the_session_is_absent()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record("first"), null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", mongo.Record("second"), null, Cancel));
        Assert.Equal(TestMongo.Payload("first"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task Expecting_nothing_replaces_what_has_expired()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record("old", TimeSpan.FromSeconds(1)), Cancel);
        mongo.Clock.Advance(TimeSpan.FromSeconds(1));
        var expired = new SessionRecord(TestMongo.Payload("old"), null);
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", mongo.Record("new"), expired, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record("new"), null, Cancel));
        Assert.Equal(TestMongo.Payload("new"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("'2999-01-01T00:00:00.000Z'")]
    [InlineData("4102444800000")]
    public async Task Expecting_nothing_replaces_a_document_that_no_one_can_read(string expires)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await store.OpenAsync(Cancel);
        await mongo.InsertAsync($"{{ _id: 'a', session: '{{}}', expires: {expires} }}");
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record("new"), null, Cancel));
        Assert.Equal(TestMongo.Payload("new"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task What_was_read_or_stored_is_recognized_and_a_touch_is_no_change()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        var stored = mongo.Record("1");
        await store.SetAsync("a", stored, Cancel);
        var read = await store.GetAsync("a", Cancel);
        await store.TouchAsync("a", mongo.Record(life: TimeSpan.FromHours(5)), Cancel);

        var second = mongo.Record("2");
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", second, read, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", mongo.Record("3"), stored, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record("3"), second, Cancel));
        var last = await store.GetAsync("a", Cancel);
        Assert.Equal(TestMongo.Payload("3"), last!.Payload.ToArray());
        Assert.Equal(mongo.Clock.GetUtcNow().AddMinutes(10), last.Expires);
    }

    [Fact]
    public async Task After_destroy_it_is_missing_and_stays_so()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record(), Cancel);
        var read = await store.GetAsync("a", Cancel);
        await store.DestroyAsync("a", Cancel);
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", mongo.Record("new"), read, Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_stored_record_that_is_not_in_the_future_ends_the_session()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record(), Cancel);
        var read = await store.GetAsync("a", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record("b", TimeSpan.Zero), read, Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record("c", TimeSpan.Zero), null, Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
    }
}
