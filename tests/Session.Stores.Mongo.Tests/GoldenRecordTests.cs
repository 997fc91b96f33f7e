using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using ServerSessions.Interop.Golden;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>Documents that the real connect-mongo wrote, kept in tests/Interop/Golden.</summary>
public sealed class GoldenRecordTests(SharedMongoOrSubstitute shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mongo-text", MongoSessionFormat.Text)]
    [InlineData("mongo-text", MongoSessionFormat.Document)]
    [InlineData("mongo-document", MongoSessionFormat.Text)]
    [InlineData("mongo-document", MongoSessionFormat.Document)]
    public async Task Every_golden_record_is_read_with_its_end_and_can_be_written_to(string file, MongoSessionFormat format)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.Format = format);
        var records = GoldenFile.Read(file);
        Assert.NotEmpty(records);
        foreach (var golden in records)
        {
            mongo.Clock.SetUtcNow(golden.At);
            var document = BsonDocument.Parse(golden.Record.GetRawText());
            await mongo.Collection.InsertOneAsync(document, null, Cancel);
            var sid = document["_id"].AsString;
            var read = await store.GetAsync(sid, Cancel);
            AssertSame(golden.Session, Encoding.UTF8.GetString(read!.Payload.Span), byteForByte: file == "mongo-text");
            Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(document["expires"].AsBsonDateTime.MillisecondsSinceEpoch), read.Expires);
            Assert.True(await store.TouchAsync(sid, read, Cancel));
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, mongo.Record("ours"), read, Cancel));

            // What a touch moved, the cookie does not know.
            Assert.True(golden.Name == "touched" || read.Expires == (GoldenFile.EndOf(golden) ?? golden.At.AddDays(14)), golden.Name);
        }
    }

    /// <summary>A number in a document is no text: that is printed in another way here than in Node.</summary>
    private static void AssertSame(string expected, string actual, bool byteForByte)
    {
        if (byteForByte)
        {
            Assert.Equal(expected, actual);
            return;
        }

        using var one = JsonDocument.Parse(expected);
        using var other = JsonDocument.Parse(actual);
        Assert.True(JsonElement.DeepEquals(one.RootElement, other.RootElement), $"{expected} was expected, and there is {actual}.");
    }
}
