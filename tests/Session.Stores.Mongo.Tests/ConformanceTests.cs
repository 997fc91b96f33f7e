using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class ConformanceTests : FirstPartyConformance<MongoHarness>
{
    internal const string NoLogins =
        "The server for tests knows no logins. That a refused right or login is an error has tests of its own, with refusals "
        + "of that server.";

    protected override IReadOnlyDictionary<string, string> LeftOut { get; } =
        new Dictionary<string, string>
        {
            ["FilesAtRest"] = "The files are the server's.",
            ["ReadOnly"] = "An unreachable server stands for it: what a server refuses has tests of its own.",
            ["Denied"] = NoLogins,
        };
}

/// <summary>A collection a space, in one database.</summary>
public sealed class MongoHarness : ServerStoreHarness
{
    private readonly CollectingLogger<MongoSessionStore> _logger = new();
    private MongoPlace? _place;
    private MongoClient? _raw;

    public override string Backend => "MongoDB";

    public override HarnessSettings Settings => Running.Patiently;

    public override IReadOnlyList<Waiver> NotTried => [new("NFD-10", ConformanceTests.NoLogins)];

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
        return await base.WhyUnavailableAsync(cancellationToken);
    }

    public override IReadOnlyCollection<string> LoggedLines() => _logger.Lines;

    protected override ValueTask<ServerAddress> FindServerAsync(CancellationToken cancellationToken)
    {
        var server = new MongoUrl(_place!.ConnectionString).Server;
        return ValueTask.FromResult(new ServerAddress(server.Host, server.Port));
    }

    protected override ValueTask<ISessionStore> OpenStoreAsync(
        StoreRequest request,
        ServerAddress server,
        CancellationToken cancellationToken
    ) =>
        ValueTask.FromResult<ISessionStore>(
            new MongoSessionStore(
                new MongoSessionStoreOptions
                {
                    // Directly: a replica set would tell the driver of addresses that go round the proxy.
                    ConnectionString = new MongoUrlBuilder(_place!.ConnectionString)
                    {
                        Server = new MongoServerAddress(server.Host, server.Port),
                        DirectConnection = true,
                    }.ToString(),
                    DatabaseName = _place.DatabaseName,
                    CollectionName = request.Space,
                    DefaultLifetime = request.DefaultLifetime,
                    PruneInterval = request.PruneInterval(),
                    // MongoDB's driver looks for a lost server until the time is over.
                    OperationTimeout = TimeSpan.FromSeconds(request.WillBreak ? 3 : 30),
                },
                request.Clock,
                _logger
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
