using System.Text;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Session.Testing;
using Session.Testing.MongoServer;

[assembly: AssemblyFixture(typeof(SharedMongoOrSubstitute))]

namespace Session.Stores.Mongo.Tests;

/// <summary>
/// A database of its own, the stores in it, a clock, and a plain client beside the store. Removed with everything in it.
/// </summary>
internal sealed class TestMongo : IAsyncDisposable
{
    private readonly List<MongoSessionStore> _stores = [];
    private readonly MongoPlace? _place;
    private readonly MongoTestServer? _server;
    private readonly MongoClient _client;

    /// <summary>On a server for tests of its own, which does what no real one can be told to do.</summary>
    /// <param name="replicaSet">The name of the replica set that it plays.</param>
    public TestMongo(string? replicaSet = null)
    {
        _server = MongoTestServer.Start(new MongoTestServerOptions { TimeProvider = Clock, ReplicaSet = replicaSet });
        (ConnectionString, DatabaseName) = (_server.ConnectionString, "session_tests");
        _client = new MongoClient(ConnectionString);
        Database = _client.GetDatabase(DatabaseName);
    }

    private TestMongo(MongoPlace place)
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

    /// <summary>Later than any clock of a real server, whose TTL monitor would remove what has expired by that.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2099, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>A database on the server that the tests share: a real one where there is one.</summary>
    public static async Task<TestMongo> OnAsync(SharedMongoOrSubstitute shared) => new(await shared.NewPlaceAsync());

    public BsonDateTime In(TimeSpan time) => new((Clock.GetUtcNow() + time).ToUnixTimeMilliseconds());

    public MongoSessionStore Store(Action<MongoSessionStoreOptions>? configure = null, ILogger<MongoSessionStore>? logger = null)
    {
        var options = new MongoSessionStoreOptions
        {
            ConnectionString = ConnectionString, DatabaseName = DatabaseName, OperationTimeout = TimeSpan.FromSeconds(30),
        };
        configure?.Invoke(options);
        var store = new MongoSessionStore(options, Clock, logger);
        _stores.Add(store);
        return store;
    }

    /// <summary>A record whose payload holds <paramref name="value"/> and that lives for 10 minutes.</summary>
    public SessionRecord Record(string value = "a", TimeSpan? life = null) =>
        new(Payload(value), Clock.GetUtcNow() + (life ?? TimeSpan.FromMinutes(10)));

    public static byte[] Payload(string value) => Encoding.UTF8.GetBytes($$"""{"cookie":{},"value":"{{value}}"}""");

    /// <summary>The document of a session, as it is at rest.</summary>
    public async Task<BsonDocument?> DocumentAsync(string sid) =>
        await Collection.Find(new BsonDocument("_id", sid)).FirstOrDefaultAsync(TestContext.Current.CancellationToken);

    public async Task InsertAsync(string json) =>
        await Collection.InsertOneAsync(BsonDocument.Parse(json), null, TestContext.Current.CancellationToken);

    public async Task InsertAsync(string sid, BsonValue session, BsonValue expires) =>
        await Collection.InsertOneAsync(new BsonDocument { { "_id", sid }, { "session", session }, { "expires", expires } }, null, TestContext.Current.CancellationToken);

    public Task<long> CountAsync() => Collection.CountDocumentsAsync(new BsonDocument(), null, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

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
