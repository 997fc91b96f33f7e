using MongoDB.Bson;
using MongoDB.Driver;

namespace ServerSessions.Testing.MongoServer.Tests;

public sealed class ServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{ frobnicate: 1 }", 59)]
    [InlineData("{ find: 'c', filter: { $where: '1' } }", 2)]
    [InlineData("{ find: 'c', filter: { a: { $size: 1 } } }", 2)]
    [InlineData("{ find: 'c', filter: { a: /x/ } }", 238)]
    [InlineData("{ find: 'c', hint: 'x' }", 40415)]
    [InlineData("{ find: 'c', collation: { locale: 'en' } }", 40415)]
    [InlineData("{ find: 'c', writeConcern: { w: 1 } }", 72)]
    [InlineData("{ find: 'c', projection: { 'a.b': 1 } }", 238)]
    [InlineData("{ update: 'c', updates: [{ q: {}, u: { $inc: { a: 1 } } }] }", 9)]
    [InlineData("{ update: 'c', updates: [{ q: {}, u: [{ $set: { a: 1 } }] }] }", 238)]
    [InlineData("{ update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } }, arrayFilters: [] }] }", 40415)]
    [InlineData("{ update: 'c', updates: [{ q: {}, u: { $set: { a: 1 }, $unset: { a: 1 } } }] }", 40)]
    [InlineData("{ aggregate: 'c', pipeline: [{ $lookup: {} }], cursor: {} }", 40324)]
    [InlineData("{ createIndexes: 'c', indexes: [{ name: 'x', key: { a: 1 }, unique: true }] }", 40415)]
    [InlineData("{ createIndexes: 'c', indexes: [{ name: 'x', key: { a: 1, b: 1 }, expireAfterSeconds: 0 }] }", 67)]
    [InlineData("{ getMore: 7, collection: 'c' }", 43)]
    [InlineData("{ drop: 'c' }", 26)]
    [InlineData("{ ping: 1, startTransaction: true }", 40415)]
    public async Task What_is_not_known_is_an_error_and_never_ignored(string command, int code)
    {
        await using var server = MongoTestServer.Start();
        using var client = new MongoClient(server.ConnectionString);
        var error = await Assert.ThrowsAnyAsync<MongoCommandException>(() =>
            client.GetDatabase("t").RunCommandAsync<BsonDocument>(BsonDocument.Parse(command), null, Cancel)
        );
        Assert.Equal(code, error.Code);
    }

    [Theory]
    [InlineData("{}", "1234")]
    [InlineData("{ a: 1 }", "1")]
    [InlineData("{ a: { $gt: 1 } }", "2")]
    [InlineData("{ a: { $gte: 1.0, $lt: 2 } }", "1")]
    [InlineData("{ a: { $ne: 1 } }", "234")]
    [InlineData("{ a: { $in: [1, 'x'] } }", "13")]
    [InlineData("{ a: { $nin: [1, 'x'] } }", "24")]
    [InlineData("{ a: { $exists: false } }", "4")]
    [InlineData("{ a: null }", "4")]
    [InlineData("{ a: { $not: { $gt: 1 } } }", "134")]
    [InlineData("{ $or: [{ a: 1 }, { a: { $exists: false } }] }", "14")]
    [InlineData("{ $nor: [{ a: 1 }, { a: 2 }] }", "34")]
    [InlineData("{ $and: [{ a: { $gt: 0 } }, { a: { $lte: 1 } }] }", "1")]
    [InlineData("{ 'd.e': 5 }", "4")]
    [InlineData("{ l: 8 }", "4")]
    [InlineData("{ a: { $gt: 'a' } }", "3")]
    public async Task A_filter_finds_what_MongoDBs_manual_says(string filter, string ids)
    {
        await using var server = MongoTestServer.Start();
        using var client = new MongoClient(server.ConnectionString);
        var collection = client.GetDatabase("t").GetCollection<BsonDocument>("c");
        await collection.InsertManyAsync(
            [
                BsonDocument.Parse("{ _id: '2', a: 2 }"),
                BsonDocument.Parse("{ _id: '1', a: 1 }"),
                BsonDocument.Parse("{ _id: '3', a: 'x' }"),
                BsonDocument.Parse("{ _id: '4', d: { e: 5 }, l: [7, 8] }"),
            ],
            null,
            Cancel
        );
        var found = await collection.Find(BsonDocument.Parse(filter)).Sort(new BsonDocument("_id", 1)).ToListAsync(Cancel);
        Assert.Equal(ids, string.Concat(found.Select(document => document["_id"].AsString)));
    }

    [Fact]
    public async Task Updates_insert_change_and_replace_as_they_say()
    {
        await using var server = MongoTestServer.Start();
        using var client = new MongoClient(server.ConnectionString);
        var collection = client.GetDatabase("t").GetCollection<BsonDocument>("c");
        var upsert = new UpdateOptions { IsUpsert = true };
        var update = BsonDocument.Parse("{ $set: { a: 1, 'd.e': 2 }, $setOnInsert: { once: 1 }, $currentDate: { at: true } }");
        var first = await collection.UpdateOneAsync(
            BsonDocument.Parse("{ _id: { $eq: 'x' }, k: 5, n: { $gt: 3 } }"),
            update,
            upsert,
            Cancel
        );
        Assert.Equal("x", first.UpsertedId.AsString);
        var document = await collection.Find(new BsonDocument()).SingleAsync(Cancel);
        Assert.Equal(["_id", "k", "a", "d", "once", "at"], document.Names);

        var same = await collection.UpdateOneAsync(
            BsonDocument.Parse("{ _id: 'x' }"),
            BsonDocument.Parse("{ $set: { a: 1 } }"),
            null,
            Cancel
        );
        Assert.Equal((1, 0), (same.MatchedCount, same.ModifiedCount));
        var replaced = await collection.ReplaceOneAsync(
            BsonDocument.Parse("{ _id: 'x' }"),
            BsonDocument.Parse("{ b: 2 }"),
            (ReplaceOptions?)null,
            Cancel
        );
        Assert.Equal(1, replaced.ModifiedCount);
        Assert.Equal(BsonDocument.Parse("{ _id: 'x', b: 2 }"), await collection.Find(new BsonDocument()).SingleAsync(Cancel));

        var changed = await collection.FindOneAndUpdateAsync<BsonDocument>(
            BsonDocument.Parse("{ b: 2 }"),
            BsonDocument.Parse("{ $unset: { b: 1 }, $set: { c: 3 } }"),
            new FindOneAndUpdateOptions<BsonDocument> { ReturnDocument = ReturnDocument.After },
            Cancel
        );
        Assert.Equal(BsonDocument.Parse("{ _id: 'x', c: 3 }"), changed);
        await Assert.ThrowsAsync<MongoWriteException>(() =>
            collection.UpdateOneAsync(BsonDocument.Parse("{ _id: 'x' }"), BsonDocument.Parse("{ $set: { _id: 'y' } }"), null, Cancel)
        );
    }

    [Fact]
    public async Task An_id_is_unique_and_an_upsert_that_meets_one_fails_with_11000()
    {
        await using var server = MongoTestServer.Start();
        using var client = new MongoClient(server.ConnectionString);
        var collection = client.GetDatabase("t").GetCollection<BsonDocument>("c");
        await collection.InsertOneAsync(BsonDocument.Parse("{ _id: 'x', a: 1 }"), null, Cancel);
        var error = await Assert.ThrowsAsync<MongoWriteException>(() =>
            collection.UpdateOneAsync(
                BsonDocument.Parse("{ _id: 'x', a: 2 }"),
                BsonDocument.Parse("{ $set: { b: 1 } }"),
                new UpdateOptions { IsUpsert = true },
                Cancel
            )
        );
        Assert.Equal(ServerErrorCategory.DuplicateKey, error.WriteError.Category);
    }

    [Fact]
    public async Task A_cursor_gives_all_in_batches_and_can_be_killed()
    {
        await using var server = MongoTestServer.Start();
        using var client = new MongoClient(server.ConnectionString);
        var collection = client.GetDatabase("t").GetCollection<BsonDocument>("c");
        await collection.InsertManyAsync(Enumerable.Range(0, 250).Select(i => new BsonDocument("_id", i)), null, Cancel);
        Assert.Equal(250, (await collection.Find(new BsonDocument(), new FindOptions { BatchSize = 7 }).ToListAsync(Cancel)).Count);
        using (var cursor = await collection.Find(new BsonDocument(), new FindOptions { BatchSize = 7 }).ToCursorAsync(Cancel))
        {
            Assert.True(await cursor.MoveNextAsync(Cancel));
        }

        Assert.Contains(server.Commands, command => command.Contains("killCursors"));
        Assert.Equal(250, await collection.CountDocumentsAsync(new BsonDocument(), null, Cancel));
        Assert.Equal(10, await collection.CountDocumentsAsync(new BsonDocument(), new CountOptions { Skip = 240 }, Cancel));
    }

    [Fact]
    public async Task A_TTL_index_is_honoured_by_the_clock_that_was_given()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var server = MongoTestServer.Start(new MongoTestServerOptions { TimeProvider = clock });
        using var client = new MongoClient(server.ConnectionString);
        var collection = client.GetDatabase("t").GetCollection<BsonDocument>("c");
        var index = new CreateIndexModel<BsonDocument>(
            new BsonDocument("e", 1),
            new CreateIndexOptions { ExpireAfter = TimeSpan.FromSeconds(10) }
        );
        await collection.Indexes.CreateOneAsync(index, null, Cancel);
        await collection.InsertManyAsync(
            [
                new BsonDocument { { "_id", 1 }, { "e", clock.GetUtcNow().UtcDateTime } },
                new BsonDocument { { "_id", 2 }, { "e", "2001-01-01" } },
                new BsonDocument { { "_id", 3 } },
                new BsonDocument { { "_id", 4 }, { "e", clock.GetUtcNow().AddMinutes(1).UtcDateTime } },
            ],
            null,
            Cancel
        );
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(
            [2, 3, 4],
            (await collection.Find(new BsonDocument()).ToListAsync(Cancel)).Select(document => document["_id"].AsInt32)
        );
    }

    [Theory]
    [InlineData("{ expires: 1 }", 3600, "expires_1", 85)]
    [InlineData("{ expires: 1 }", 0, "other", 85)]
    [InlineData("{ other: 1 }", 0, "expires_1", 86)]
    public async Task An_index_that_is_almost_there_is_an_error(string key, int seconds, string name, int code)
    {
        await using var server = MongoTestServer.Start();
        using var client = new MongoClient(server.ConnectionString);
        var indexes = client.GetDatabase("t").GetCollection<BsonDocument>("c").Indexes;
        Task CreateAsync(string key, int seconds, string name) =>
            indexes.CreateOneAsync(
                new CreateIndexModel<BsonDocument>(
                    BsonDocument.Parse(key),
                    new CreateIndexOptions { Name = name, ExpireAfter = TimeSpan.FromSeconds(seconds) }
                ),
                null,
                Cancel
            );
        await CreateAsync("{ expires: 1 }", 0, "expires_1");
        await CreateAsync("{ expires: 1 }", 0, "expires_1");
        Assert.Equal(code, (await Assert.ThrowsAsync<MongoCommandException>(() => CreateAsync(key, seconds, name))).Code);
    }

    [Fact]
    public async Task A_write_that_a_driver_sends_again_is_answered_and_not_done_again()
    {
        await using var server = MongoTestServer.Start(new MongoTestServerOptions { ReplicaSet = "rs0" });
        using var client = new MongoClient(server.ConnectionString);
        var collection = client.GetDatabase("t").GetCollection<BsonDocument>("c");
        server.Faults.Next(1, Fault.CloseAfter, "insert");
        await collection.InsertOneAsync(new BsonDocument("_id", 1), null, Cancel);
        Assert.Equal(2, server.Commands.Count(command => command.Contains("insert")));
        Assert.Equal(1, await collection.CountDocumentsAsync(new BsonDocument(), null, Cancel));
    }

    [Fact]
    public async Task It_can_be_stopped_and_resumed_with_its_documents()
    {
        await using var server = MongoTestServer.Start();
        using var client = new MongoClient(server.ConnectionString + "?serverSelectionTimeoutMS=5000");
        var collection = client.GetDatabase("t").GetCollection<BsonDocument>("c");
        await collection.InsertOneAsync(new BsonDocument("_id", 1), null, Cancel);
        await server.StopAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => collection.CountDocumentsAsync(new BsonDocument(), null, Cancel));
        server.Resume();
        using var again = new MongoClient(server.ConnectionString);
        Assert.Equal(
            1,
            await again.GetDatabase("t").GetCollection<BsonDocument>("c").CountDocumentsAsync(new BsonDocument(), null, Cancel)
        );
    }
}
