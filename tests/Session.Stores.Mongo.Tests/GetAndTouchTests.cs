using System.Text;
using MongoDB.Bson;
using ServerSessions.Testing;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class GetAndTouchTests(SharedMongoOrSubstitute shared)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly byte[] Prefix = """{"cookie":{"""u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a")]
    [InlineData("$where")]
    [InlineData("^(.*)[+]\\")]
    [InlineData("a\0b")]
    [InlineData("\ud7ff")]
    [InlineData("\ue000")]
    [InlineData("\uffff")]
    [InlineData("\U0001F600")]
    [InlineData("\U0010FFFF")]
    [InlineData("a\U0010FFFF\U0010FFFF")]
    public async Task A_beginning_is_characters_and_nothing_else(string beginning)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        string[] sessions =
        [
            beginning,
            beginning + "\0",
            beginning + "z",
            beginning + "\U0010FFFF",
            beginning[..^1],
            "z" + beginning,
            "",
            "~",
            "\U0010FFFE\U0010FFFF",
        ];
        var sids = sessions.Where(static session => IsText(session)).Distinct().ToArray();
        for (var i = 0; i < sids.Length; i++)
        {
            var payload = Encoding.UTF8.GetBytes(sids[i]);
            await store.SetAsync($"{i}", new SessionRecord(payload, mongo.Clock.GetUtcNow() + Hour), Cancel);
            var answer = await store.GetAndTouchAsync(
                $"{i}",
                new SessionTouchPlan { Prefix = Encoding.UTF8.GetBytes(beginning), Expires = mongo.Clock.GetUtcNow() + (2 * Hour) },
                Cancel
            );
            Assert.Equal(sids[i].StartsWith(beginning, StringComparison.Ordinal), answer.IsTouched);
            Assert.Equal(payload, answer.Record!.Payload.ToArray());
            Assert.Equal(mongo.In(answer.IsTouched ? 2 * Hour : Hour), (await mongo.DocumentAsync($"{i}"))!["expires"]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_is_stored_just_after_it_was_looked_for_is_touched_too(bool hasPrefix)
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record(), Cancel);

        // As if the session had not been there yet.
        mongo.Server.Faults.Next(1, Fault.Reply(new BsonDocument { { "ok", 1 }, { "value", BsonNull.Value } }), "findAndModify");
        var plan = new SessionTouchPlan { Prefix = hasPrefix ? Prefix : default, Expires = mongo.Clock.GetUtcNow() + (3 * Hour) };
        var result = await store.GetAndTouchAsync("a", plan, Cancel);

        Assert.True(result.IsTouched);
        Assert.Equal(plan.Expires, result.Record!.Expires);
        Assert.Equal(mongo.In(3 * Hour), (await mongo.DocumentAsync("a"))!["expires"]);
    }

    [Fact]
    public async Task It_is_one_statement_where_the_session_is_touched_and_two_where_it_is_only_read()
    {
        await using var mongo = new TestMongo();
        var store = mongo.Store();
        Assert.False(store.IsTouchCheap);
        await store.SetAsync("a", mongo.Record(), Cancel);
        mongo.Server.ForgetCommands();
        Assert.True(
            (
                await store.GetAndTouchAsync(
                    "a",
                    new SessionTouchPlan { Prefix = Prefix, Expires = mongo.Clock.GetUtcNow() + Hour },
                    Cancel
                )
            ).IsTouched
        );
        Assert.Equal(["findAndModify"], Statements());
        mongo.Server.ForgetCommands();
        Assert.False(
            (
                await store.GetAndTouchAsync(
                    "a",
                    new SessionTouchPlan { Prefix = "[]"u8.ToArray(), Expires = mongo.Clock.GetUtcNow() + Hour },
                    Cancel
                )
            ).IsTouched
        );
        Assert.Equal(["findAndModify", "find"], Statements());

        IEnumerable<string> Statements() =>
            mongo
                .Server.Commands.Select(static command => command.GetElement(0).Name)
                .Where(static name => name is not ("hello" or "isMaster" or "ping"));
    }

    [Fact]
    public async Task A_document_and_a_binary_have_no_beginning_and_are_touched_only_where_every_session_is()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await mongo.InsertAsync(
            "document",
            new BsonDocument { { "cookie", new BsonDocument() }, { "id", ObjectId.Empty } },
            mongo.In(Hour)
        );
        await mongo.InsertAsync("binary", new BsonBinaryData([.. Prefix, 0xff]), mongo.In(Hour));
        foreach (var format in Enum.GetValues<MongoSessionFormat>())
        {
            var store = mongo.Store(options => options.Format = format);
            foreach (var sid in new[] { "document", "binary" })
            {
                var answer = await store.GetAndTouchAsync(
                    sid,
                    new SessionTouchPlan { Prefix = Prefix, Expires = mongo.Clock.GetUtcNow() + (2 * Hour) },
                    Cancel
                );
                Assert.False(answer.IsTouched);
                Assert.Equal(mongo.Clock.GetUtcNow() + Hour, answer.Record!.Expires);
                Assert.True(answer.Record.Payload.Span.StartsWith(Prefix));

                answer = await store.GetAndTouchAsync(sid, new SessionTouchPlan { Expires = mongo.Clock.GetUtcNow() + Hour }, Cancel);
                Assert.True(answer.IsTouched);
            }
        }
    }

    [Fact]
    public async Task A_record_that_was_touched_keeps_the_types_that_its_document_has_at_rest()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.Format = MongoSessionFormat.Document);
        await mongo.InsertAsync("a", new BsonDocument { { "cookie", new BsonDocument() }, { "id", ObjectId.Empty } }, mongo.In(Hour));
        var read = (await store.GetAndTouchAsync("a", new SessionTouchPlan { Expires = mongo.Clock.GetUtcNow() + Hour }, Cancel)).Record!;
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", read, read, Cancel));
        Assert.Equal(ObjectId.Empty, (await mongo.DocumentAsync("a"))!["session"]["id"]);
    }

    [Fact]
    public async Task Fields_of_others_stay_and_a_document_without_an_expiry_gets_one()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await mongo.InsertAsync("""{ _id: 'a', session: '{"cookie":{}}', createdAt: 1 }""");
        var answer = await mongo
            .Store()
            .GetAndTouchAsync("a", new SessionTouchPlan { Prefix = Prefix, Expires = mongo.Clock.GetUtcNow() + Hour }, Cancel);
        Assert.Equal(mongo.Clock.GetUtcNow() + Hour, answer.Record!.Expires);
        Assert.Equal(
            new BsonDocument
            {
                { "_id", "a" },
                { "session", """{"cookie":{}}""" },
                { "createdAt", 1 },
                { "expires", mongo.In(Hour) },
            },
            await mongo.DocumentAsync("a")
        );
    }

    [Fact]
    public async Task Under_TouchAfter_a_touch_that_is_not_due_is_not_written_and_the_answer_has_the_expiry_at_rest()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.TouchAfter = Hour);
        await store.SetAsync("a", mongo.Record(life: 24 * Hour), Cancel);
        var atRest = await mongo.DocumentAsync("a");
        mongo.Clock.Advance(Hour / 2);
        var early = await store.GetAndTouchAsync(
            "a",
            new SessionTouchPlan { Prefix = Prefix, Expires = mongo.Clock.GetUtcNow() + (24 * Hour) },
            Cancel
        );
        Assert.False(early.IsTouched);
        Assert.Equal(mongo.Clock.GetUtcNow() + (23.5 * Hour), early.Record!.Expires);
        Assert.Equal(atRest, await mongo.DocumentAsync("a"));

        mongo.Clock.Advance(Hour / 2);
        var due = await store.GetAndTouchAsync(
            "a",
            new SessionTouchPlan { Prefix = Prefix, Expires = mongo.Clock.GetUtcNow() + (24 * Hour) },
            Cancel
        );
        Assert.True(due.IsTouched);
        Assert.Equal(mongo.In(TimeSpan.Zero), (await mongo.DocumentAsync("a"))!["lastModified"]);
        Assert.Null(
            (await store.GetAndTouchAsync("a", new SessionTouchPlan { Prefix = Prefix, Expires = mongo.Clock.GetUtcNow() }, Cancel)).Record
        );
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_live_document_that_is_no_session_is_an_error_of_get()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await mongo.InsertAsync("a", new BsonInt32(1), mongo.In(Hour));
        foreach (var prefix in new[] { Prefix, [] })
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
                await mongo.Store().GetAndTouchAsync("a", new SessionTouchPlan { Prefix = prefix }, Cancel)
            );
            Assert.Equal(SessionStoreOperation.Get, error.Operation);
        }
    }

    /// <summary>Half a surrogate pair, which cutting may leave, is none.</summary>
    private static bool IsText(string text) => !text.Any(char.IsSurrogate) || Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
