using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class ConditionalSetTests(SharedMongoOrSubstitute shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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

    [Theory]
    [InlineData(MongoSessionFormat.Text)]
    [InlineData(MongoSessionFormat.Document)]
    public async Task What_is_to_end_removes_the_document_also_one_that_no_one_can_read_and_leaves_one_that_is_not_as_expected(
        MongoSessionFormat format
    )
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.Format = format);
        var live = mongo.Record();
        await store.SetAsync("a", live, Cancel);
        await mongo.InsertAsync("{ _id: 'b', session: '{}', expires: null }");
        await mongo.InsertAsync("{ _id: 'c', session: 1, expires: 'no date' }");
        var ended = mongo.Record(life: TimeSpan.Zero);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", ended, null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", ended, mongo.Record("other"), Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("b", ended, live, Cancel));
        Assert.Equal(3, await mongo.CountAsync());

        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", ended, live, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("b", ended, null, Cancel));
        await store.SetAsync("c", ended, Cancel);
        Assert.Equal(0, await mongo.CountAsync());
    }
}
