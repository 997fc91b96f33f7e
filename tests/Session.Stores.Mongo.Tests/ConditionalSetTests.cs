using Session.Testing;

namespace Session.Stores.Mongo.Tests;

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
}
