using ServerSessions.Trust.Tests.Support;
using StackExchange.Redis;

namespace ServerSessions.Trust.Tests.Clocks;

/// <summary>
/// Instances of the application on one place, each with a store and a clock of its own. Time passes for all of them when the test says so.
/// </summary>
internal sealed class InstancesApart : IAsyncDisposable
{
    private const string Shorten = """
        for _, key in ipairs(KEYS) do
          local left = redis.call('PTTL', key)
          if left >= 0 then
            if left <= tonumber(ARGV[1]) then redis.call('DEL', key) else redis.call('PEXPIRE', key, left - tonumber(ARGV[1])) end
          end
        end
        """;

    private readonly List<Instance> _instances = [];
    private readonly string _backend;
    private readonly string _prefix;
    private readonly TimeSpan _lifetime;
    private ConnectionMultiplexer? _redis;

    private InstancesApart(StorePlace place, TimeSpan lifetime) => (_backend, _prefix, _lifetime) = (place.Backend, place.Name, lifetime);

    public IReadOnlyList<Instance> All => _instances;

    /// <summary>Each instance with each, itself included.</summary>
    public IEnumerable<(Instance One, Instance Other)> Pairs => _instances.SelectMany(_ => _instances, static (one, other) => (one, other));

    /// <summary>
    /// Redis counts how long a session has still to live; the others keep until when, which the clock of the instance decided.
    /// </summary>
    public bool ServerCounts => _backend == "redis";

    /// <summary>A memory store removes what it is asked for and finds over.</summary>
    public bool ForgetsOnSight => _backend == "memory";

    /// <summary>
    /// How much earlier than its lifetime says a session may seem to end: Redis goes on counting while a busy machine makes its way through
    /// a test.
    /// </summary>
    public TimeSpan Early => ServerCounts ? TimeSpan.FromMinutes(1) : TimeSpan.FromMilliseconds(1);

    /// <summary>And how much later: the columns of connect-pg-simple and express-mysql-session have whole seconds.</summary>
    public TimeSpan Late => _backend is "postgres" or "mysql" ? TimeSpan.FromSeconds(1) : TimeSpan.Zero;

    /// <summary>Starts an instance for each offset from the time that it is.</summary>
    public static async Task<InstancesApart> StartAsync(
        Fleet fleet,
        string backend,
        TimeSpan lifetime,
        TimeSpan? absolute,
        params TimeSpan[] offsets
    )
    {
        await fleet.OfAsync(backend);
        var place = await fleet.Places.NewAsync(backend);
        var apart = new InstancesApart(place, lifetime);

        // MongoDB's server removes by a clock of its own what is over; a day behind it never does.
        var start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddDays(1);
        foreach (var offset in offsets)
        {
            var clock = new ToldClock(start + offset);
            var store = place.Open(clock);
            var host = await TrustHost.StartAsync(
                store,
                options => (options.Cookie.MaxAge, options.AbsoluteTimeout) = (lifetime, absolute),
                clock: clock
            );
            apart._instances.Add(new Instance(host, store, clock));
        }

        if (apart.ServerCounts)
        {
            apart._redis = await ConnectionMultiplexer.ConnectAsync(place.Connection);
        }

        return apart;
    }

    /// <summary>How long a session is there for one instance after another used it.</summary>
    public TimeSpan LifeOf(Instance used, Instance seen) => ServerCounts ? _lifetime : _lifetime + (used.Clock.Now - seen.Clock.Now);

    /// <summary>Lets time pass, for the instances and for a server that counts.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        foreach (var instance in _instances)
        {
            instance.Clock.Now += time;
        }

        if (_redis is not null)
        {
            var database = _redis.GetDatabase();
            RedisKey[] keys = [.. _redis.GetServers()[0].Keys(database.Database, _prefix + "*", pageSize: 1000)];
            await database.ScriptEvaluateAsync(Shorten, keys, [(long)time.TotalMilliseconds]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.Host.DisposeAsync();
            await StorePlace.CloseAsync(instance.Store);
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }
}

/// <summary>An instance with a clock of its own.</summary>
internal sealed record Instance(TrustHost Host, ISessionStore Store, ToldClock Clock)
{
    public async Task<string> LoginAsync() => (await Host.Client.SendAsync("/login", value: LeakCollector.Payload)).TheCookie;

    /// <summary>Whether the session is there; if so, it is used.</summary>
    public async Task<bool> UseAsync(string cookie, string path = "/get")
    {
        var answer = await Host.Client.SendAsync(path, cookie, path == "/get" ? TrustEndpoints.Owner : "key", LeakCollector.Payload);
        Assert.Equal(200, answer.Status);
        Assert.Contains(answer.Body, (string[])[LeakCollector.Payload, TrustEndpoints.None]);
        return answer.Body == LeakCollector.Payload;
    }

    /// <summary>Removes what is over by this instance's clock, where its store does that at all.</summary>
    public async Task PruneAsync()
    {
        if (Store is IPrunableSessionStore prunable)
        {
            await prunable.PruneAsync(1000);
        }
    }
}
