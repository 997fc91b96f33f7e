using MongoDB.Bson;
using MongoDB.Driver;
using Session.Conformance;
using Session.Conformance.FirstParty;
using Session.Testing;
using Session.Testing.MongoServer;

[assembly: AssemblyFixture(typeof(Session.Stores.Mongo.Tests.SharedMongoOrDouble))]

namespace Session.Stores.Mongo.Tests;

/// <summary>A real server where one is named or installed; else the server for tests.</summary>
public sealed class SharedMongoOrDouble : SharedMongo
{
    protected override Task<(string Url, IAsyncDisposable Owner)>? StartSubstituteAsync()
    {
        var server = MongoTestServer.Start();
        return Task.FromResult<(string, IAsyncDisposable)>((server.ConnectionString, server));
    }
}

public sealed class ConformanceTests : FirstPartyConformance<MongoHarness>
{
    protected override IReadOnlyDictionary<string, string> LeftOut { get; } = new Dictionary<string, string>
    {
        ["FilesAtRest"] = "The files are the server's.",
        ["ReadOnly"] = "An unreachable server stands for it: what a server refuses has tests of its own.",
    };
}

/// <summary>A collection a space, in one database.</summary>
public sealed class MongoHarness : SessionStoreHarness
{
    private readonly CollectingLogger<MongoSessionStore> _logger = new();
    private SharedMongo? _own;
    private MongoPlace? _place;
    private MongoClient? _raw;
    private FaultProxies? _proxies;

    public override string Backend => "MongoDB";

    public override HarnessSettings Settings { get; } = new() { CaseTimeLimit = TimeSpan.FromMinutes(3), PruneInterval = TimeSpan.FromMinutes(15) };

    public override IReadOnlyList<StoreFault> Faults => [StoreFault.Unavailable, StoreFault.Hang];

    private IMongoDatabase Database => _raw!.GetDatabase(_place!.DatabaseName);

    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        SharedMongo shared = await TestContext.Current.GetFixture<SharedMongoOrDouble>() ?? (_own = new SharedMongoOrDouble());
        if (await shared.WhyMissingAsync() is { } why)
        {
            return why;
        }

        _place = await shared.NewPlaceAsync();
        _raw = new MongoClient(_place.ConnectionString);
        var server = new MongoUrl(_place.ConnectionString).Server;
        _proxies = new FaultProxies(server.Host, server.Port);
        return null;
    }

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(new MongoSessionStore(
            new MongoSessionStoreOptions
            {
                // Directly: a replica set would tell the driver of addresses that go round the proxy.
                ConnectionString = new MongoUrlBuilder(_place!.ConnectionString)
                {
                    Server = new MongoServerAddress("127.0.0.1", _proxies![request.Space].Port), DirectConnection = true,
                }.ToString(),
                DatabaseName = _place.DatabaseName,
                CollectionName = request.Space,
                DefaultLifetime = request.DefaultLifetime,
                // Each wait of the store is varied between half and one and a half of it.
                PruneInterval = request.PrunesItself ? TimeSpan.FromMinutes(10) : Timeout.InfiniteTimeSpan,
                // MongoDB's driver looks for a lost server until the time is over.
                OperationTimeout = TimeSpan.FromSeconds(request.WillBreak ? 1.5 : 30),
            },
            request.Clock,
            _logger));

    public override async ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    public override async ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    public override async ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        var update = new BsonDocument("$set", new BsonDocument("session", 42));
        return (await Collection(request).UpdateOneAsync(Entry(sid), update, options: null, cancellationToken)).ModifiedCount == 1;
    }

    public override async ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        (await Collection(request).DeleteOneAsync(Entry(sid), cancellationToken)).DeletedCount == 1;

    public override async ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(StoreRequest request, CancellationToken cancellationToken) =>
        [.. (await Collection(request).Find(new BsonDocument()).ToListAsync(cancellationToken)).Select(static entry => entry.ToJson())];

    public override ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        _proxies!.Break(request.Space, hangs: fault == StoreFault.Hang);
        return ValueTask.CompletedTask;
    }

    public override ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        _proxies!.Mend(request.Space);
        return ValueTask.CompletedTask;
    }

    public override IReadOnlyCollection<string> LoggedLines() => _logger.Lines;

    public override async ValueTask DisposeAsync()
    {
        foreach (var disposable in new IAsyncDisposable?[] { _proxies, _place, _own })
        {
            await (disposable?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _raw?.Dispose();
        await base.DisposeAsync();
    }

    private IMongoCollection<BsonDocument> Collection(StoreRequest request) => Database.GetCollection<BsonDocument>(request.Space);

    private static BsonDocument Entry(string sid) => new("_id", sid);
}
