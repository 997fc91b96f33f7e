using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Testing;
using ServerSessions.Testing.MongoServer;

[assembly: AssemblyFixture(typeof(SharedMongoOrSubstitute))]

namespace ServerSessions.Stores.Mongo.Tests;

/// <summary>A database of its own, and a plain client beside the stores in it.</summary>
public sealed class TestMongo : StorePlace<MongoSessionStore, MongoSessionStoreOptions>
{
    // Later than any clock of a real server, whose TTL monitor would remove what has expired by that.
    private static readonly DateTimeOffset Now = new(2099, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly MongoPlace? _place;
    private readonly MongoTestServer? _server;
    private readonly MongoClient _client;

    /// <summary>On a server for tests of its own, which does what no real one can be told to do.</summary>
    /// <param name="replicaSet">The name of the replica set that it plays.</param>
    public TestMongo(string? replicaSet = null)
        : base(Now)
    {
        _server = MongoTestServer.Start(new MongoTestServerOptions { TimeProvider = Clock, ReplicaSet = replicaSet });
        (ConnectionString, DatabaseName) = (_server.ConnectionString, "session_tests");
        _client = new MongoClient(ConnectionString);
        Database = _client.GetDatabase(DatabaseName);
    }

    private TestMongo(MongoPlace place)
        : base(Now)
    {
        _place = place;
        (ConnectionString, DatabaseName) = (place.ConnectionString, place.DatabaseName);
        _client = new MongoClient(ConnectionString);
        Database = _client.GetDatabase(DatabaseName);
    }

    public string ConnectionString { get; }

    public string DatabaseName { get; }

    public IMongoDatabase Database { get; }

    public IMongoCollection<BsonDocument> Collection => Database.GetCollection<BsonDocument>("sessions");

    /// <summary>The server for tests, in tests that made one.</summary>
    public MongoTestServer Server => _server!;

    /// <summary>A database on the server that the tests share: a real one where there is one.</summary>
    public static async Task<TestMongo> OnAsync(SharedMongoOrSubstitute shared) => new(await shared.NewPlaceAsync());

    public BsonDateTime In(TimeSpan time) => new((Clock.GetUtcNow() + time).ToUnixTimeMilliseconds());

    /// <summary>The document of a session, as it is at rest.</summary>
    public async Task<BsonDocument?> DocumentAsync(string sid) =>
        await Collection.Find(new BsonDocument("_id", sid)).FirstOrDefaultAsync(TestContext.Current.CancellationToken);

    public async Task InsertAsync(string json) =>
        await Collection.InsertOneAsync(BsonDocument.Parse(json), null, TestContext.Current.CancellationToken);

    public async Task InsertAsync(string sid, BsonValue session, BsonValue expires) =>
        await Collection.InsertOneAsync(
            new BsonDocument
            {
                { "_id", sid },
                { "session", session },
                { "expires", expires },
            },
            null,
            TestContext.Current.CancellationToken
        );

    public Task<long> CountAsync() => Collection.CountDocumentsAsync(new BsonDocument(), null, TestContext.Current.CancellationToken);

    public override ValueTask OpenAsync(MongoSessionStore store, CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    protected override MongoSessionStoreOptions Options() =>
        new()
        {
            ConnectionString = ConnectionString,
            DatabaseName = DatabaseName,
            OperationTimeout = TimeSpan.FromSeconds(30),
        };

    protected override MongoSessionStore Store(MongoSessionStoreOptions options, TimeProvider clock, ILogger<MongoSessionStore>? logger) =>
        new(options, clock, logger);

    protected override async ValueTask RemoveAsync()
    {
        _client.Dispose();
        if (_place is not null)
        {
            await _place.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
