using System.Collections.Concurrent;
using Npgsql;
using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;
using ServerSessions.Stores.File;
using ServerSessions.Stores.Memory;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;
using ServerSessions.Stores.Sqlite;
using StackExchange.Redis;

namespace ServerSessions.Stores.Moving.Tests.Kit;

/// <summary>Gives the conformance kit a move between two stores, in one mode.</summary>
/// <param name="mode">The mode.</param>
public abstract class PairHarness(SessionMoveMode mode) : SessionStoreHarness
{
    // A life that is over goes at once, as a server does whose clock has passed it.
    private const string Shorten = """
        for _, key in ipairs(KEYS) do
          local left = redis.call('PTTL', key)
          if left >= 0 then
            local after = left - tonumber(ARGV[1])
            if after <= 0 then redis.call('DEL', key) else redis.call('PEXPIRE', key, string.format('%.0f', after)) end
          end
        end
        """;

    private readonly ConcurrentDictionary<(string Space, string Name), MemorySessionStore> _memory = new();
    private readonly CollectingLogger<MovingSessionStore> _logger = new();
    private readonly Stack<IAsyncDisposable> _owned = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("session-move-kit-").FullName;
    private RedisPlace? _redis;
    private IServer? _redisServer;
    private NpgsqlDataSource? _postgres;

    public override HarnessSettings Settings { get; } = new() { CaseTimeLimit = TimeSpan.FromMinutes(3) };

    protected virtual bool UsesRedis => false;

    protected virtual bool UsesPostgres => false;

    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        if (UsesRedis)
        {
            var shared = Own(new SharedRedis());
            if (await shared.WhyMissingAsync() is { } why)
            {
                return why;
            }

            _redis = Own(await shared.NewPlaceAsync());
            _redisServer = Own(await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString + ",allowAdmin=true")).GetServers()[0];
        }

        if (UsesPostgres)
        {
            var shared = Own(new SharedPostgres());
            if (await shared.WhyMissingAsync() is { } why)
            {
                return why;
            }

            var database = Own(await shared.NewPlaceAsync());
            _postgres = Own(NpgsqlDataSource.Create(database.ConnectionString + ";Maximum Pool Size=8"));
        }

        return null;
    }

    public override async ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        var store = MovingSessionStore.Create(OldOf(request), NewOf(request), () => mode, request.Clock, _logger);
        await store.OpenAsync(cancellationToken);
        return store;
    }

    public override async ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    public override async ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    public override IReadOnlyCollection<string> LoggedLines() => _logger.Lines;

    public override async ValueTask AdvanceAsync(TimeSpan by, CancellationToken cancellationToken)
    {
        var keys = await _redisServer!
            .KeysAsync(pattern: _redis!.KeyPrefix + "*", pageSize: 1000)
            .Distinct()
            .ToListAsync(cancellationToken);
        foreach (var some in keys.Chunk(1000))
        {
            await _redisServer.Multiplexer.GetDatabase().ScriptEvaluateAsync(Shorten, some, [(long)Math.Ceiling(by.TotalMilliseconds)]);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out var owned))
        {
            await owned.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract ISessionStore OldOf(StoreRequest request);

    protected abstract ISessionStore NewOf(StoreRequest request);

    /// <summary>Sessions in memory; a peer uses the same ones.</summary>
    protected MemorySessionStore Memory(StoreRequest request, string name) =>
        _memory.GetOrAdd(
            (request.Space, name),
            _ => Own(
                new MemorySessionStore(
                    new MemorySessionStoreOptions { DefaultLifetime = request.DefaultLifetime, PruneInterval = TimeSpan.FromDays(1) },
                    request.Clock
                )
            )
        );

    protected SqliteSessionStore Sqlite(StoreRequest request) =>
        Own(
            new SqliteSessionStore(
                new SqliteSessionStoreOptions
                {
                    ConnectionString = Path.Combine(_folder, request.Space + ".db"),
                    DefaultLifetime = request.DefaultLifetime,
                    PruneInterval = Timeout.InfiniteTimeSpan,
                    OperationTimeout = TimeSpan.FromSeconds(30),
                },
                request.Clock
            )
        );

    protected FileSessionStore Files(StoreRequest request) =>
        Own(
            new FileSessionStore(
                new FileSessionStoreOptions
                {
                    Path = Path.Combine(_folder, request.Space),
                    DefaultLifetime = request.DefaultLifetime,
                    PruneInterval = Timeout.InfiniteTimeSpan,
                    OperationTimeout = TimeSpan.FromSeconds(30),
                },
                request.Clock
            )
        );

    protected RedisSessionStore Redis(StoreRequest request) =>
        Own(
            new RedisSessionStore(
                new RedisSessionStoreOptions
                {
                    ConnectionString = _redis!.ConnectionString,
                    Prefix = $"{_redis.KeyPrefix}{request.Space}:",
                    DefaultLifetime = request.DefaultLifetime,
                    OperationTimeout = TimeSpan.FromSeconds(30),
                },
                request.Clock
            )
        );

    protected PostgresSessionStore Postgres(StoreRequest request) =>
        Own(
            new PostgresSessionStore(
                new PostgresSessionStoreOptions
                {
                    DataSource = _postgres,
                    TableName = request.Space,
                    DefaultLifetime = request.DefaultLifetime,
                    PruneInterval = Timeout.InfiniteTimeSpan,
                    OperationTimeout = TimeSpan.FromSeconds(30),
                },
                request.Clock
            )
        );

    private T Own<T>(T disposable)
        where T : IAsyncDisposable
    {
        lock (_owned)
        {
            _owned.Push(disposable);
        }

        return disposable;
    }
}
