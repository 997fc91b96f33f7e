using ServerSessions.Payload;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>MongoDB's limit of 16 MB for a document and for a statement.</summary>
public sealed class SizeTests(SharedMongoOrSubstitute shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MongoSessionFormat.Text)]
    [InlineData(MongoSessionFormat.Document)]
    public async Task A_session_that_no_document_can_hold_is_refused_in_words_before_anything_is_sent(MongoSessionFormat format)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.Format = format);
        await store.SetAsync("a", mongo.Record("old"), Cancel);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await store.SetAsync("a", mongo.Record(new string('x', 17_000_000)), Cancel)
        );
        Assert.False(error.IsTransient);
        Assert.Contains("16 MB", error.Message, StringComparison.Ordinal);
        Assert.Equal(TestMongo.Payload("old"), SessionValue(await store.GetAsync("a", Cancel)));
    }

    [Fact]
    public async Task Short_numbers_that_grow_in_BSON_are_measured_there()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var json = $$"""{"cookie":{},"n":[{{string.Join(',', Enumerable.Repeat("1", 2_000_000))}}]}""";
        var record = new SessionRecord(System.Text.Encoding.UTF8.GetBytes(json), null);
        await mongo.Store().SetAsync("a", record, Cancel);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await mongo.Store(options => options.Format = MongoSessionFormat.Document).SetAsync("b", record, Cancel)
        );
        Assert.Contains("16 MB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_as_large_as_a_document_is_stored_and_is_compared_up_to_half_of_that()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        var large = mongo.Record(new string('x', 16_700_000));
        await store.SetAsync(new string('\uffff', Sid.MaxLength), large, Cancel);
        Assert.True((await store.GetAsync(new string('\uffff', Sid.MaxLength), Cancel))!.Payload.Span.SequenceEqual(large.Payload.Span));

        await store.SetAsync("a", large, Cancel);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await store.TrySetAsync("a", mongo.Record(), large, Cancel)
        );
        Assert.Contains("8 MB", error.Message, StringComparison.Ordinal);

        var half = mongo.Record(new string('x', 8_000_000));
        await store.SetAsync("a", half, Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record(new string('y', 8_000_000)), half, Cancel));
    }

    private static byte[] SessionValue(SessionRecord? record)
    {
        var session = SessionDocument.Parse(record!.Payload);
        session.TryGetJson("value", out var value);
        return TestMongo.Payload(SessionJson.DecodeString(value.Span)!);
    }
}
