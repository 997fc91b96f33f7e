using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using ServerSessions.Payload;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>Sessions as sub-documents.</summary>
public sealed class DocumentFormatTests(SharedMongoOrSubstitute shared, ITestOutputHelper output)
{
    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = 100 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"cookie":{},"a":1}""")]
    [InlineData("""{"a":1,"cookie":{"originalMaxAge":null,"expires":null},"a":2}""")]
    [InlineData("""{"cookie":{"expires":false,"originalMaxAge":false},"$where":"x","$ne":null,"a.b":{"$set":{"c.d":1}}}""")]
    [InlineData("""{"$ne":1,"cookie":{}}""")]
    [InlineData("""{"cookie":{"expires":"no date"},"":"empty","__proto__":{"x":[]},"constructor":1}""")]
    [InlineData(
        """{"cookie":{},"n":[0,-0,1e3,1.25,-2147483648,2147483647,2147483648,9007199254740991,9007199254740993,-9223372036854775808,9121322305463870000,9.12132230546387E+18,1e21,1.7e308,5e-324]}"""
    )]
    [InlineData("""{"cookie":{},"t":["\u0000","\ud83d\ude00","é","\u2028",""]}""")]
    public async Task A_session_comes_back_with_the_same_content_and_is_recognized(string json)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = Store(mongo);
        var record = new SessionRecord(Encoding.UTF8.GetBytes(json), mongo.Clock.GetUtcNow().AddHours(1));
        await store.SetAsync("a", record, Cancel);
        var read = await store.GetAsync("a", Cancel);
        AssertSame(json, read!.Payload);

        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", record, record, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record("next"), read, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", mongo.Record("late"), read, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", mongo.Record("late"), record, Cancel));
    }

    [Fact]
    public async Task The_deepest_session_there_is_comes_back()
    {
        await using var mongo = await TestMongo.OnAsync(shared);

        const int depth = 95;
        var json = $$"""{"cookie":{},"deep":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        await Store(mongo).SetAsync("a", new SessionRecord(Encoding.UTF8.GetBytes(json), null), Cancel);
        AssertSame(json, (await Store(mongo).GetAsync("a", Cancel))!.Payload);
    }

    [Fact]
    public async Task A_session_too_deep_for_a_document_is_refused_before_anything_is_written_and_comes_back_as_text()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        foreach (var depth in (int[])[96, 50_000])
        {
            var record = new SessionRecord(
                Encoding.UTF8.GetBytes($$"""{"cookie":{},"deep":{{new string('[', depth)}}{{new string(']', depth)}}}"""),
                null
            );
            var refusal = await Assert.ThrowsAsync<SessionStoreException>(async () => await Store(mongo).SetAsync("a", record, Cancel));
            Assert.Contains("nested deeper", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(0, await mongo.CountAsync());

            var text = mongo.Store();
            await text.SetAsync("text", record, Cancel);
            Assert.True((await Store(mongo).GetAsync("text", Cancel))!.Payload.Span.SequenceEqual(record.Payload.Span));
            await text.DestroyAsync("text", Cancel);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"cookie":1}""")]
    [InlineData("""{"cookie":{}} x""")]
    public async Task What_is_no_session_is_refused_before_anything_is_written(string payload)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var record = new SessionRecord(Encoding.UTF8.GetBytes(payload), null);
        var error = await Assert.ThrowsAsync<SessionPayloadException>(async () => await Store(mongo).SetAsync("a", record, Cancel));
        Assert.Equal(("MongoDB", SessionStoreOperation.Set), (error.Backend, error.Operation));
        error = await Assert.ThrowsAsync<SessionPayloadException>(async () => await Store(mongo).TrySetAsync("a", record, null, Cancel));
        Assert.Equal(("MongoDB", SessionStoreOperation.TrySet), (error.Backend, error.Operation));
        Assert.Equal(0, await mongo.CountAsync());
    }

    [Fact]
    public async Task A_document_that_a_foreign_writer_has_nested_deeply_is_read()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var nested = new BsonDocument("leaf", 1);
        for (var i = 0; i < 80; i++)
        {
            nested = new BsonDocument("x", nested);
        }

        await mongo.InsertAsync(
            "b",
            new BsonDocument { { "cookie", new BsonDocument() }, { "deep", nested } },
            mongo.In(TimeSpan.FromHours(1))
        );

        var read = await Store(mongo).GetAsync("b", Cancel);
        Assert.True(SessionDocument.Parse(read!.Payload).TryGetJson("deep", out var json));
        Assert.Equal(nested.ToJson().Replace(" ", "", StringComparison.Ordinal), Encoding.UTF8.GetString(json.Span));
    }

    [Theory]
    [InlineData("""{"cookie":{},"very-secret\u0000":1}""", "NUL")]
    [InlineData("""{"cookie":{},"a":"very-secret\ud800"}""", "surrogate")]
    [InlineData("""{"cookie":{},"very-secret\udc00":1}""", "surrogate")]
    public async Task What_BSON_cannot_hold_is_refused_in_words_before_anything_is_written(string json, string says)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await Store(mongo).SetAsync("a", new SessionRecord(Encoding.UTF8.GetBytes(json), null), Cancel)
        );
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await mongo.CountAsync());
    }

    [Fact]
    public async Task A_store_that_changes_its_format_reads_and_compares_what_the_other_left()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var (text, document) = (mongo.Store(), Store(mongo));
        var record = mongo.Record("1");
        await text.SetAsync("a", record, Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await document.TrySetAsync("a", mongo.Record("2"), record, Cancel));
        var read = await text.GetAsync("a", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await text.TrySetAsync("a", mongo.Record("3"), read, Cancel));
        Assert.Equal(TestMongo.Payload("3"), (await document.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task Random_sessions_come_back_with_the_same_content()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = Store(mongo);
        for (var i = 0; i < 200; i++)
        {
            var json = $$"""{"cookie":{},"v":{{RandomJson(random, 4)}}}""";
            var record = new SessionRecord(Encoding.UTF8.GetBytes(json), mongo.Clock.GetUtcNow().AddHours(1));
            await store.SetAsync("a", record, Cancel);
            var read = await store.GetAsync("a", Cancel);
            AssertSame(json, read!.Payload);
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", record, read, Cancel));
        }
    }

    private static MongoSessionStore Store(TestMongo mongo) => mongo.Store(options => options.Format = MongoSessionFormat.Document);

    /// <summary>Same keys in the same order with equal values; the cookie by what it says, since connect-mongo's has nulls in it.</summary>
    private static void AssertSame(string json, ReadOnlyMemory<byte> read)
    {
        var (expected, actual) = (SessionDocument.Parse(Encoding.UTF8.GetBytes(json)), SessionDocument.Parse(read));
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var key in expected.Keys)
        {
            Assert.True(expected.TryGetJson(key, out var before));
            Assert.True(actual.TryGetJson(key, out var after));
            Assert.True(
                JsonElement.DeepEquals(
                    JsonSerializer.Deserialize<JsonElement>(before.Span, Deep),
                    JsonSerializer.Deserialize<JsonElement>(after.Span, Deep)
                ),
                $"{Encoding.UTF8.GetString(before.Span)} became {Encoding.UTF8.GetString(after.Span)}"
            );
        }

        var cookies = (
            Expected: JsonSerializer.Deserialize<JsonElement>(expected.CookieJson.Span),
            Actual: JsonSerializer.Deserialize<JsonElement>(actual.CookieJson.Span)
        );
        foreach (var member in cookies.Actual.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            Assert.True(JsonElement.DeepEquals(cookies.Expected.GetProperty(member.Name), member.Value));
        }
    }

    private static string RandomJson(Random random, int depth) =>
        random.Next(depth == 0 ? 5 : 7) switch
        {
            0 => random.Next(-1000, 1000).ToString(System.Globalization.CultureInfo.InvariantCulture),
            1 => random.NextInt64().ToString(System.Globalization.CultureInfo.InvariantCulture),
            2 => (random.NextDouble() * Math.Pow(10, random.Next(-20, 20))).ToString(
                "R",
                System.Globalization.CultureInfo.InvariantCulture
            ),
            3 => random.Next(3) switch
            {
                0 => "true",
                1 => "false",
                _ => "null",
            },
            4 => JsonSerializer.Serialize(
                new string([.. Enumerable.Range(0, random.Next(8)).Select(_ => (char)random.Next(0x20, 0xd7ff))])
            ),
            5 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => RandomJson(random, depth - 1)))}]",
            _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(i => RandomMember(random, depth, i)))}}}",
        };

    private static string RandomMember(Random random, int depth, int number) =>
        $"\"{(random.Next(2) == 0 ? "$" : "k.")}{number}\":{RandomJson(random, depth - 1)}";
}
