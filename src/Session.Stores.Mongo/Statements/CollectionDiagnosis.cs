using MongoDB.Bson;
using MongoDB.Driver;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>What the server tells an operator about a collection.</summary>
internal sealed class CollectionDiagnosis(IMongoCollection<BsonDocument> collection, SessionMapping mapping, TimeProvider timeProvider)
{
    public async Task<IReadOnlyList<StoreCheck>> RunAsync(CancellationToken cancellationToken) =>
        [
            await TryAsync(StoreCheckGroup.Reach, "server", ServerAsync, cancellationToken).ConfigureAwait(false),
            await TryAsync(StoreCheckGroup.Time, "server clock", ClockAsync, cancellationToken).ConfigureAwait(false),
            await TryAsync(StoreCheckGroup.Shape, "TTL index", IndexAsync, cancellationToken).ConfigureAwait(false),
            await TryAsync(StoreCheckGroup.Tidy, "expired", ExpiredAsync, cancellationToken).ConfigureAwait(false),
            WriteConcern(),
        ];

    private static async Task<StoreCheck> TryAsync(
        StoreCheckGroup group,
        string name,
        Func<CancellationToken, Task<StoreCheck>> check,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await check(cancellationToken).ConfigureAwait(false);
        }
        catch (MongoCommandException)
        {
            return StoreCheck.Unknown(group, name, "the server did not tell it", "Run 'session doctor' as a user that may read it.");
        }
    }

    private async Task<StoreCheck> ServerAsync(CancellationToken cancellationToken)
    {
        var build = await CommandAsync("buildInfo", cancellationToken).ConfigureAwait(false);
        return StoreCheck.Passed(StoreCheckGroup.Reach, "server", $"MongoDB {build.GetValue("version", "of an unknown version")}");
    }

    private async Task<StoreCheck> ClockAsync(CancellationToken cancellationToken)
    {
        var before = timeProvider.GetUtcNow();
        var hello = await CommandAsync("hello", cancellationToken).ConfigureAwait(false);
        var here = before + ((timeProvider.GetUtcNow() - before) / 2);
        return hello.GetValue("localTime", BsonNull.Value) is BsonDateTime time
            ? StoreChecks.Clock(time.ToUniversalTime(), here)
            : StoreCheck.Unknown(StoreCheckGroup.Time, "server clock", "the server did not tell it", "Compare the clocks by hand.");
    }

    private async Task<StoreCheck> IndexAsync(CancellationToken cancellationToken)
    {
        using var cursor = await collection.Indexes.ListAsync(cancellationToken).ConfigureAwait(false);
        var indexes = await cursor.ToListAsync(cancellationToken).ConfigureAwait(false);
        var found = indexes.Find(static index =>
            index["key"].AsBsonDocument.FirstOrDefault().Name == SessionFilters.Expires && index.Contains("expireAfterSeconds")
        );
        var seconds = found?.GetValue("expireAfterSeconds").ToDouble();
        return StoreCheck.Of(
            seconds == 0,
            StoreCheckGroup.Shape,
            "TTL index",
            seconds is null ? "missing" : $"{found!["name"]}, expireAfterSeconds {seconds:0}",
            "an index on expires with expireAfterSeconds 0",
            $"The server does not remove expired sessions. Run: db.{collection.CollectionNamespace.CollectionName}.createIndex("
                + "{ expires: 1 }, { expireAfterSeconds: 0 })"
        );
    }

    private async Task<StoreCheck> ExpiredAsync(CancellationToken cancellationToken)
    {
        var now = mapping.Now();
        var count = await DeadAsync(now).ConfigureAwait(false);
        var old = await DeadAsync(new BsonDateTime(now.ToUniversalTime() - StoreChecks.LongExpired)).ConfigureAwait(false);
        return StoreChecks.Expired(count, old, "documents");

        Task<long> DeadAsync(BsonDateTime instant) => collection.CountDocumentsAsync(SessionFilters.Dead(instant), null, cancellationToken);
    }

    private StoreCheck WriteConcern()
    {
        var concern = collection.Settings.WriteConcern;
        return StoreCheck.Of(
            concern.W is null || concern.W.ToString() == "majority",
            StoreCheckGroup.Safety,
            "write concern",
            concern.W is null ? "the server's default" : $"w: {concern.W}",
            "majority, the server's default since MongoDB 5.0",
            "A failover can undo acknowledged sign-outs. Remove w from the URL, or set it to majority."
        );
    }

    private Task<BsonDocument> CommandAsync(string name, CancellationToken cancellationToken) =>
        collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument(name, 1), null, cancellationToken);
}
