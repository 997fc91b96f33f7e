using System.Text;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Session.Testing.MongoServer;

namespace Session.Stores.Mongo.Tests;

/// <summary>
/// A database of its own on the server that <c>SESSION_TEST_MONGO</c> names, or on a server for tests; the stores in it, a clock, and a plain client beside the store. Removed with
/// everything in it.
/// </summary>
internal sealed class TestMongo : IAsyncDisposable
{
    private const string Variable = "SESSION_TEST_MONGO";

    private readonly List<MongoSessionStore> _stores = [];
    private readonly MongoTestServer? _server;
    private readonly MongoClient _client;

    /// <param name="needsFaults">Whether it must be the server for tests, which does what no real one can be told to do.</param>
    /// <param name="replicaSet">The name of the replica set that the server for tests plays.</param>
    public TestMongo(bool needsFaults = false, string? replicaSet = null)
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        if (needsFaults || string.IsNullOrEmpty(given))
        {
            _server = MongoTestServer.Start(new MongoTestServerOptions { TimeProvider = Clock, ReplicaSet = replicaSet });
        }

        ConnectionString = _server?.ConnectionString ?? given!;
        _client = new MongoClient(ConnectionString);
        Database = _client.GetDatabase(DatabaseName);
    }

    public string ConnectionString { get; }

    public string DatabaseName { get; } = $"session_tests_{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))}";

    public IMongoDatabase Database { get; }

    public IMongoCollection<BsonDocument> Collection => Database.GetCollection<BsonDocument>("sessions");

    /// <summary>The server for tests, in tests that need it.</summary>
    public MongoTestServer Server => _server!;

    /// <summary>Later than any clock of a real server, whose TTL monitor would remove what has expired by that.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2099, 3, 1, 12, 0, 0, TimeSpan.Zero));

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

        if (_server is null)
        {
            await _client.DropDatabaseAsync(DatabaseName);
        }

        _client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
