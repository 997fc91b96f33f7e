using System.Collections.Concurrent;
using System.Text.Json;
using ServerSessions.Interop.CrossRuntime.Backends;
using ServerSessions.Stores.Mongo;
using ServerSessions.Testing;

namespace ServerSessions.Interop.CrossRuntime.Running;

/// <summary>The Node processes and the servers that all tests share.</summary>
public sealed class BothRuntimes : IAsyncLifetime
{
    /// <summary>The one list of backends.</summary>
    internal static IReadOnlyList<string> Backends { get; } =
    ["Redis", "PostgreSQL", "MySQL", "MongoDB, text", "MongoDB, document", "File", "SQLite"];

    private readonly SharedRedis _redis = new();
    private readonly SharedPostgres _postgres = new();
    private readonly SharedMySql _mySql = new();
    private readonly SharedMongoOrSubstitute _mongo = new();
    private readonly SemaphoreSlim _oneOpens = new(1, 1);
    private readonly ConcurrentDictionary<(string Backend, string For), (Backend Backend, NodeStore Node)> _places = new();
    private NodeProcess? _standing;
    private NodeProcess? _running;
    private string? _whyUnavailable;

    internal HttpClient Http { get; } =
        new(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                UseProxy = false,
            },
            disposeHandler: true
        );

    public async ValueTask InitializeAsync()
    {
        _whyUnavailable = await NodeProcess.WhyUnavailableAsync();
        if (_whyUnavailable is null)
        {
            // A clock that stands still is no clock for a web server: that runs in a process of its own.
            _standing = NodeProcess.Start();
            _running = NodeProcess.Start();
        }
    }

    /// <summary>
    /// A backend at a place that the tests of one purpose share, and the Node package's store on it, which was there first where the
    /// purpose says so.
    /// </summary>
    internal async Task<(Backend Backend, NodeStore Node)> OnAsync(string name, string purpose, bool nodeFirst)
    {
        SkipWhereNodeIsUnavailable();
        await _oneOpens.WaitAsync();
        try
        {
            if (!_places.TryGetValue((name, purpose), out var place))
            {
                var backend = await NewAsync(name);
                if (!nodeFirst)
                {
                    await CreateByUsAsync(backend);
                }

                place = (backend, await NodeStore.OpenAsync(_standing!, backend));
                _places[(name, purpose)] = place;
            }

            return place;
        }
        finally
        {
            _oneOpens.Release();
        }
    }

    /// <summary>An empty place of the caller's own.</summary>
    internal async Task<Backend> NewAsync(string name) =>
        name switch
        {
            "Redis" => await RedisBackend.CreateAsync(await _redis.NewPlaceAsync()),
            "PostgreSQL" => new PostgresBackend(await _postgres.NewPlaceAsync()),
            "MySQL" => new MySqlBackend(await _mySql.NewPlaceAsync()),
            "MongoDB, text" => new MongoBackend(await _mongo.NewPlaceAsync(), MongoSessionFormat.Text),
            "MongoDB, document" => new MongoBackend(await _mongo.NewPlaceAsync(), MongoSessionFormat.Document),
            "File" => new FileBackend(),
            "SQLite" => new SqliteBackend(),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };

    /// <summary>The Node package's store by the system's clock.</summary>
    internal Task<NodeStore> OpenRunningAsync(Backend backend)
    {
        SkipWhereNodeIsUnavailable();
        return NodeStore.OpenAsync(_running!, backend);
    }

    /// <summary>
    /// What JavaScript makes of texts that no store has written: pairs of bytes, and the same as this project wrote them back.
    /// </summary>
    internal async Task<JsonElement> LookAsync(DateTimeOffset at, IEnumerable<(byte[] Text, byte[]? Written)> texts)
    {
        SkipWhereNodeIsUnavailable();
        var reply = await _standing!.AskAsync(
            new
            {
                @do = "look",
                at = at.ToUnixTimeMilliseconds(),
                texts = texts.Select(static pair => new { text = pair.Text, written = pair.Written }),
            }
        );
        return reply.GetProperty("result");
    }

    internal async Task<IReadOnlyDictionary<string, string>> VersionsAsync()
    {
        SkipWhereNodeIsUnavailable();
        return (await _standing!.AskAsync(new { @do = "versions" }))
            .EnumerateObject()
            .ToDictionary(static package => package.Name, static package => package.Value.GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var (backend, node) in _places.Values)
        {
            await node.DisposeAsync();
            await backend.DisposeAsync();
        }

        foreach (var process in (NodeProcess?[])[_standing, _running])
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }

        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
        await _mySql.DisposeAsync();
        await _mongo.DisposeAsync();
        _oneOpens.Dispose();
    }

    private static async Task CreateByUsAsync(Backend backend)
    {
        var store = backend.NewStore(TimeProvider.System);
        await store.GetAsync("nobody");
        await ((IAsyncDisposable)store).DisposeAsync();
    }

    private void SkipWhereNodeIsUnavailable() => Assert.SkipWhen(_whyUnavailable is not null, _whyUnavailable ?? "");
}
