using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class ConformanceTests : FirstPartyConformance<MongoHarness>
{
    protected override IReadOnlyDictionary<string, string> LeftOut { get; } =
        new Dictionary<string, string>
        {
            ["FilesAtRest"] = "The files are the server's.",
            ["ReadOnly"] = "An unreachable server stands for it: what a server refuses has tests of its own.",
            ["Denied"] =
                "The server for tests knows no logins. That a refused right or login is an error has tests of its own, with refusals "
                + "of that server.",
        };
}

/// <summary>A collection a space, in one database.</summary>
public sealed class MongoHarness : ServerHarness<MongoSessionStore>
{
    private MongoPlace? _place;
    private MongoClient? _raw;

    public override string Backend => "MongoDB";

    private IMongoDatabase Database => _raw!.GetDatabase(_place!.DatabaseName);

    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        var shared = await TestContext.Current.GetFixture<SharedMongoOrSubstitute>() ?? Own(new SharedMongoOrSubstitute());
        if (await shared.WhyMissingAsync() is { } why)
        {
            return why;
        }

        _place = Own(await shared.NewPlaceAsync());
        _raw = new MongoClient(_place.ConnectionString);
        var server = new MongoUrl(_place.ConnectionString).Server;
        Serve(server.Host, server.Port);
        return null;
    }

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(
            new MongoSessionStore(
                new MongoSessionStoreOptions
                {
                    // Directly: a replica set would tell the driver of addresses that go round the proxy.
                    ConnectionString = new MongoUrlBuilder(_place!.ConnectionString)
                    {
                        Server = new MongoServerAddress("127.0.0.1", PortOf(request)),
                        DirectConnection = true,
                    }.ToString(),
                    DatabaseName = _place.DatabaseName,
                    CollectionName = request.Space,
                    DefaultLifetime = request.DefaultLifetime,
                    PruneInterval = PruneIntervalOf(request),
                    // MongoDB's driver looks for a lost server until the time is over.
                    OperationTimeout = TimeSpan.FromSeconds(request.WillBreak ? 1.5 : 30),
                },
                request.Clock,
                Logger
            )
        );

    public override async ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        var update = new BsonDocument("$set", new BsonDocument("session", 42));
        return (await Collection(request).UpdateOneAsync(Entry(sid), update, options: null, cancellationToken)).ModifiedCount == 1;
    }

    public override async ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        (await Collection(request).DeleteOneAsync(Entry(sid), cancellationToken)).DeletedCount == 1;

    public override async ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(
        StoreRequest request,
        CancellationToken cancellationToken
    ) => [.. (await Collection(request).Find(new BsonDocument()).ToListAsync(cancellationToken)).Select(static entry => entry.ToJson())];

    public override async ValueTask DisposeAsync()
    {
        _raw?.Dispose();
        await base.DisposeAsync();
    }

    private IMongoCollection<BsonDocument> Collection(StoreRequest request) => Database.GetCollection<BsonDocument>(request.Space);

    private static BsonDocument Entry(string sid) => new("_id", sid);
}
