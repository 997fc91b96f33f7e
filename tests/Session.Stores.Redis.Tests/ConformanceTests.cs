using System.Collections.Concurrent;
using System.Security.Cryptography;
using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class ConformanceTests : FirstPartyConformance<RedisHarness>
{
    protected override IReadOnlyDictionary<string, string> LeftOut { get; } =
        new Dictionary<string, string>
        {
            ["FilesAtRest"] = "The files are the server's.",
            ["ReadOnly"] = "An unreachable server stands for it: the faults of full and read-only servers have tests of their own.",
        };
}

/// <summary>A prefix a space, in one database; the server's clock goes on when the lives that it counts are shortened.</summary>
public sealed class RedisHarness : ServerStoreHarness
{
    private const string ServerClock = "The server's clock decides, and it cannot be stopped at an instant.";

    private const string UserPassword = "of the kit";

    // A life that is over goes at once, as a server does whose clock has passed it.
    private const string Shorten = """
        for _, key in ipairs(KEYS) do
          local left = redis.call('PTTL', key)
          if left >= 0 then
            if left <= tonumber(ARGV[1]) then redis.call('DEL', key) else redis.call('PEXPIRE', key, string.format('%.0f', left - tonumber(ARGV[1]))) end
          end
        end
        """;

    private readonly CollectingLogger<RedisSessionStore> _logger = new();
    private readonly ConcurrentDictionary<string, string> _users = new(StringComparer.Ordinal);
    private RedisPlace? _place;
    private ConnectionMultiplexer? _raw;

    public override string Backend => _raw is null ? "Redis" : $"Redis {Redis.Version}";

    public override StoreTime Time => StoreTime.Backend;

    /// <summary>What Redis counts goes on while a busy machine makes its way from one line of a case to the next.</summary>
    public override HarnessSettings Settings { get; } =
        new()
        {
            CaseTimeLimit = TimeSpan.FromMinutes(3),
            ClockSlack = TimeSpan.FromSeconds(30),
            PrunesInBackground = true,
        };

    /// <inheritdoc/>
    public override IReadOnlyList<StoreFault> Faults => [.. base.Faults, StoreFault.Denied];

    /// <inheritdoc/>
    public override IReadOnlyList<Waiver> NotTried =>
        [new("EXP-03", ServerClock), new("EXP-19", ServerClock)];

    private IServer Redis => _raw!.GetServers()[0];

    private IDatabase Database => _raw!.GetDatabase();

    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        var shared = await TestContext.Current.GetFixture<SharedRedis>() ?? Own(new SharedRedis());
        if (await shared.WhyMissingAsync() is { } why)
        {
            return why;
        }

        _place = Own(await shared.NewPlaceAsync());
        _raw = Own(await ConnectionMultiplexer.ConnectAsync(_place.ConnectionString + ",allowAdmin=true"));
        return await base.WhyUnavailableAsync(cancellationToken);
    }

    public override IReadOnlyCollection<string> LoggedLines() => _logger.Lines;

    protected override ValueTask<ServerAddress> FindServerAsync(CancellationToken cancellationToken)
    {
        var address = new Uri(_place!.Url);
        return ValueTask.FromResult(new ServerAddress(address.Host, address.Port < 0 ? 6379 : address.Port));
    }

    protected override async ValueTask<ISessionStore> OpenStoreAsync(
        StoreRequest request,
        ServerAddress server,
        CancellationToken cancellationToken
    )
    {
        var connection = ConfigurationOptions.Parse(_place!.ConnectionString);
        connection.EndPoints.Clear();
        connection.EndPoints.Add(server.Host, server.Port);
        if (request.WillBreak)
        {
            // A user of its own, whose rights can be taken away; on a server without a password, a wrong one would be the right one of the
            // default user.
            var user = _users.GetOrAdd(request.Space, static _ => $"kit-{RandomNumberGenerator.GetHexString(16)}");
            (connection.User, connection.Password) = (user, UserPassword);
            await GrantAsync(user);
        }

        return new RedisSessionStore(
            new RedisSessionStoreOptions
            {
                ConnectionString = connection.ToString(includePassword: true),
                Prefix = PrefixOf(request),
                DefaultLifetime = request.DefaultLifetime,
                OperationTimeout = TimeSpan.FromSeconds(request.WillBreak ? 5 : 30),
            },
            request.Clock,
            _logger
        );
    }

    /// <summary>The user may do nothing any more, and its connections are ended.</summary>
    public override async ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        if (fault != StoreFault.Denied)
        {
            await base.BreakAsync(request, fault, cancellationToken);
            return;
        }

        await Redis.ExecuteAsync("ACL", "SETUSER", _users[request.Space], "nocommands");
        await Redis.ExecuteAsync("CLIENT", "KILL", "USER", _users[request.Space]);
    }

    public override async ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        await GrantAsync(_users[request.Space]);
        await base.MendAsync(request, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var user in _users.Values)
        {
            await Redis.ExecuteAsync("ACL", "DELUSER", user);
        }

        await base.DisposeAsync();
    }

    public override async ValueTask AdvanceAsync(TimeSpan by, CancellationToken cancellationToken)
    {
        var keys = await Redis
            .KeysAsync(Database.Database, _place!.KeyPrefix + "*", pageSize: 1000)
            .Distinct()
            .ToListAsync(cancellationToken);
        foreach (var some in keys.Chunk(1000))
        {
            await Database.ScriptEvaluateAsync(Shorten, some, [(long)Math.Ceiling(by.TotalMilliseconds)]);
        }
    }

    public override async ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        var key = PrefixOf(request) + sid;
        return await Database.KeyDeleteAsync(key) && await Database.ListRightPushAsync(key, "no session") == 1;
    }

    public override async ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        await Database.KeyDeleteAsync(PrefixOf(request) + sid);

    public override async ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(
        StoreRequest request,
        CancellationToken cancellationToken
    )
    {
        var keys = await Redis
            .KeysAsync(Database.Database, PrefixOf(request) + "*", pageSize: 1000)
            .Distinct()
            .ToListAsync(cancellationToken);
        var entries = new List<string>();
        foreach (var key in keys)
        {
            entries.Add($"{key} {await Database.StringGetAsync(key)}");
        }

        return entries;
    }

    private async Task GrantAsync(string user) =>
        await Redis.ExecuteAsync("ACL", "SETUSER", user, "on", $">{UserPassword}", "allkeys", "allchannels", "allcommands");

    private string PrefixOf(StoreRequest request) => $"{_place!.KeyPrefix}{request.Space}:";
}
