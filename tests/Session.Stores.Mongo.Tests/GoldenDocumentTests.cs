using System.Text;
using MongoDB.Bson;
using ServerSessions.Payload;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>Documents as connect-mongo 6.0.0 writes them, kept as literals, and what becomes of them.</summary>
public sealed class GoldenDocumentTests(SharedMongoOrSubstitute shared)
{
    private const string NodeSession =
        """{"cookie":{"originalMaxAge":60000,"expires":"2099-03-01T12:01:00.000Z","httpOnly":true,"path":"/"},"user":{"name":"Zoë 漢字 😀","n":1.5}}""";

    // stringify: true, the default.
    private const string TextDocument =
        """{ "_id": "node", "session": "{\"cookie\":{\"originalMaxAge\":60000,\"expires\":\"2099-03-01T12:01:00.000Z\",\"httpOnly\":true,\"path\":\"/\"},\"user\":{\"name\":\"Zoë 漢字 😀\",\"n\":1.5}}", "expires": { "$date": "2099-03-01T12:01:00Z" } }""";

    // stringify: false, with touchAfter and timestamps; values as Node's driver makes them of JavaScript's.
    private const string ObjectDocument = """
        { "_id": "node", "session": {
            "cookie": { "originalMaxAge": 60000, "partitioned": null, "priority": null, "expires": { "$date": "2099-03-01T12:01:00Z" }, "secure": null, "httpOnly": true, "domain": null, "path": "/", "sameSite": null },
            "user": { "name": "Zoë 漢字 😀", "n": 1.5, "big": 1795388041467.0, "list": [1, "a", null, true] },
            "id": { "$oid": "65f0c0ffee65f0c0ffee65f0" }, "when": { "$date": "2024-02-03T04:05:06.007Z" }, "a.b": 1, "$c": 2 },
          "expires": { "$date": "2099-03-01T12:01:00Z" }, "lastModified": { "$date": "2099-03-01T12:00:00Z" }, "createdAt": { "$date": "2099-03-01T11:00:00Z" } }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MongoSessionFormat.Text)]
    [InlineData(MongoSessionFormat.Document)]
    public async Task A_text_that_Node_wrote_is_read_byte_for_byte_in_either_format(MongoSessionFormat format)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await mongo.InsertAsync(TextDocument);
        var store = mongo.Store(options => options.Format = format);
        var read = await store.GetAsync("node", Cancel);
        Assert.Equal(NodeSession, Encoding.UTF8.GetString(read!.Payload.Span));
        Assert.Equal(mongo.Clock.GetUtcNow().AddMinutes(1), read.Expires);
        Assert.Equal("node", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.True(await store.TouchAsync("node", mongo.Record(), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("node", mongo.Record("ours"), read, Cancel));
        Assert.Equal(
            format == MongoSessionFormat.Text ? BsonType.String : BsonType.Document,
            (await mongo.DocumentAsync("node"))!["session"].BsonType
        );
    }

    [Theory]
    [InlineData(MongoSessionFormat.Text)]
    [InlineData(MongoSessionFormat.Document)]
    public async Task A_sub_document_that_Node_wrote_is_read_as_the_JSON_that_Node_would_make_of_it_in_either_format(
        MongoSessionFormat format
    )
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await mongo.InsertAsync(ObjectDocument);
        var store = mongo.Store(options => options.Format = format);
        var read = await store.GetAsync("node", Cancel);
        Assert.Equal(
            """{"cookie":{"originalMaxAge":60000,"partitioned":null,"priority":null,"expires":"2099-03-01T12:01:00.000Z","secure":null,"httpOnly":true,"domain":null,"path":"/","sameSite":null}"""
                + ""","user":{"name":"Zoë 漢字 😀","n":1.5,"big":1795388041467,"list":[1,"a",null,true]},"id":"65f0c0ffee65f0c0ffee65f0","when":"2024-02-03T04:05:06.007Z","a.b":1,"$c":2}""",
            Encoding.UTF8.GetString(read!.Payload.Span)
        );
        Assert.Equal(mongo.Clock.GetUtcNow().AddMinutes(1), read.Expires);
        Assert.Equal(
            60,
            SessionCookie.Parse(SessionDocument.Parse(read.Payload).CookieJson.Span, mongo.Clock).OriginalMaxAge!.Value.TotalSeconds
        );
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("node", mongo.Record("ours"), read, Cancel));
    }

    [Fact]
    public async Task What_nobody_touched_keeps_the_type_that_Node_gave_it()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await mongo.InsertAsync(ObjectDocument);
        var store = mongo.Store(options => options.Format = MongoSessionFormat.Document);
        var read = await store.GetAsync("node", Cancel);
        var session = SessionDocument.Parse(read!.Payload);
        session.SetJson("added", "7"u8.ToArray());
        session.SetJson("when", "\"today\""u8.ToArray());
        var next = new SessionRecord(session.ToPayload(), mongo.Clock.GetUtcNow().AddHours(1));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("node", next, read, Cancel));

        var document = await mongo.DocumentAsync("node");
        Assert.Equal(BsonType.ObjectId, document!["session"]["id"].BsonType);
        Assert.Equal("today", document["session"]["when"].AsString);
        Assert.Equal(7, document["session"]["added"].AsInt32);
        Assert.Equal(BsonType.DateTime, document["session"]["cookie"]["expires"].BsonType);
        Assert.True(document.Contains("createdAt"));
    }

    [Fact]
    public async Task A_text_of_ours_stands_as_connect_mongo_writes_it()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await mongo
            .Store()
            .SetAsync("node", new SessionRecord(Encoding.UTF8.GetBytes(NodeSession), mongo.Clock.GetUtcNow().AddMinutes(1)), Cancel);
        Assert.Equal(BsonDocument.Parse(TextDocument), await mongo.DocumentAsync("node"));
    }

    [Fact]
    public async Task A_sub_document_of_ours_stands_as_connect_mongo_writes_it()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var json =
            """{"cookie":{"originalMaxAge":60000,"expires":"2099-03-01T12:01:00.000Z","httpOnly":true,"path":"/"},"i":1,"d":1.5,"big":1795388041467,"huge":9007199254740993,"zero":-0,"one":1.0,"none":null,"list":[true,{"$gt":""}],"when":{"$date":1}}""";
        await mongo
            .Store(options => options.Format = MongoSessionFormat.Document)
            .SetAsync("a", new SessionRecord(Encoding.UTF8.GetBytes(json), mongo.Clock.GetUtcNow().AddMinutes(1)), Cancel);
        var expected = new BsonDocument
        {
            { "_id", "a" },
            {
                "session",
                new BsonDocument
                {
                    {
                        "cookie",
                        new BsonDocument
                        {
                            { "originalMaxAge", 60000 },
                            { "partitioned", BsonNull.Value },
                            { "priority", BsonNull.Value },
                            { "expires", mongo.In(TimeSpan.FromMinutes(1)) },
                            { "secure", BsonNull.Value },
                            { "httpOnly", true },
                            { "domain", BsonNull.Value },
                            { "path", "/" },
                            { "sameSite", BsonNull.Value },
                        }
                    },
                    { "i", 1 },
                    { "d", 1.5 },
                    { "big", 1795388041467.0 },
                    { "huge", 9007199254740993L },
                    { "zero", -0.0 },
                    { "one", 1 },
                    { "none", BsonNull.Value },
                    {
                        "list",
                        new BsonArray { true, new BsonDocument("$gt", "") }
                    },
                    { "when", new BsonDocument("$date", 1) },
                }
            },
            { "expires", mongo.In(TimeSpan.FromMinutes(1)) },
        };
        Assert.Equal(expected.ToBson(), (await mongo.DocumentAsync("a")).ToBson());
    }

    [Fact]
    public async Task The_field_expires_rules_whatever_the_cookie_in_the_session_says()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await mongo.InsertAsync(
            "alive",
            """{"cookie":{"originalMaxAge":1,"expires":"2001-01-01T00:00:00.000Z"}}""",
            mongo.In(TimeSpan.FromMilliseconds(1))
        );
        await mongo.InsertAsync("over", NodeSession, mongo.In(TimeSpan.Zero));
        Assert.NotNull(await store.GetAsync("alive", Cancel));
        Assert.Null(await store.GetAsync("over", Cancel));
    }

    [Fact]
    public async Task A_document_without_an_expiry_lives_for_the_default_lifetime_from_whenever_it_is_read()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await mongo.InsertAsync("{ _id: 'a', session: '{}' }");
        mongo.Clock.Advance(TimeSpan.FromDays(100));
        Assert.Equal(mongo.Clock.GetUtcNow().AddDays(14), (await store.GetAsync("a", Cancel))!.Expires);
        Assert.Equal(1, await store.LengthAsync(Cancel));
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", mongo.Record(), null, Cancel));
        Assert.True(await store.TouchAsync("a", mongo.Record(), Cancel));
        Assert.Equal(mongo.Clock.GetUtcNow().AddMinutes(10), (await store.GetAsync("a", Cancel))!.Expires);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("'2999-01-01T00:00:00.000Z'")]
    [InlineData("4102444800000")]
    [InlineData("{}")]
    public async Task What_is_no_date_is_never_alive_and_is_pruned(string expires)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await mongo.InsertAsync($"{{ _id: 'a', session: '{{}}', expires: {expires} }}");
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(0, await store.LengthAsync(Cancel));
        Assert.Empty(await store.AllAsync(Cancel).ToListAsync(Cancel));
        Assert.False(await store.TouchAsync("a", mongo.Record(), Cancel));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{ cookie: {}, pattern: /very-secret/ }")]
    public async Task A_live_document_of_another_shape_is_an_error_of_get_and_left_out_of_a_listing(string session)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var logger = new SignallingLogger();
        var store = mongo.Store(logger: logger);
        await store.SetAsync("good", mongo.Record(), Cancel);
        await mongo.InsertAsync("very-secret-id", BsonDocument.Parse($"{{ v: {session} }}")["v"], mongo.In(TimeSpan.FromHours(1)));
        await mongo.Collection.InsertOneAsync(new BsonDocument { { "_id", 7 }, { "session", "{}" } }, null, Cancel);

        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("very-secret-id", Cancel));
        Assert.False(error.IsTransient);
        Assert.Contains("Remove or repair the document", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("good", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.Equal(1, logger.Count("Unreadable"));
        Assert.NotNull(await store.GetAsync("good", Cancel));
    }

    [Fact]
    public async Task Dates_outside_the_calendar_are_its_ends()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await mongo.InsertAsync("far", "{}", new BsonDateTime(8_640_000_000_000_000));
        await mongo.InsertAsync("long ago", "{}", new BsonDateTime(-8_640_000_000_000_000));
        Assert.Equal(DateTimeOffset.MaxValue, (await store.GetAsync("far", Cancel))!.Expires);
        Assert.Null(await store.GetAsync("long ago", Cancel));
    }
}
