using System.Text;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(SharedRedis))]
[assembly: AssemblyFixture(typeof(SharedRedisCluster))]

namespace Session.Stores.Redis.Tests;

/// <summary>A place in a server, the stores on it, a clock that stands still, and a plain connection beside the stores.</summary>
internal sealed class TestRedis : IAsyncDisposable
{
    private readonly RedisPlace _place;
    private readonly List<RedisSessionStore> _stores = [];

    private TestRedis(RedisPlace place, ConnectionMultiplexer raw)
    {
        _place = place;
        Raw = raw;
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public ConnectionMultiplexer Raw { get; }

    public IDatabase Database => Raw.GetDatabase();

    public string Prefix => _place.KeyPrefix;

    public string ConnectionString => _place.ConnectionString;

    public string Url => _place.Url;

    public static async Task<TestRedis> OnAsync(SharedServer<RedisPlace> server) => await OnAsync(await server.NewPlaceAsync());

    public static async Task<TestRedis> OnAsync(RedisPlace place) =>
        new(place, await ConnectionMultiplexer.ConnectAsync(place.ConnectionString + ",allowAdmin=true"));

    public RedisSessionStore Store(Action<RedisSessionStoreOptions>? configure = null, ILogger<RedisSessionStore>? logger = null)
    {
        var options = new RedisSessionStoreOptions { ConnectionString = ConnectionString, Prefix = Prefix, OperationTimeout = TimeSpan.FromSeconds(30) };
        configure?.Invoke(options);
        var store = new RedisSessionStore(options, Clock, logger);
        _stores.Add(store);
        return store;
    }

    public RedisKey Key(string sid) => Prefix + sid;

    /// <summary>A record whose payload holds <paramref name="value"/> and that lives for 10 minutes.</summary>
    public SessionRecord Record(string value = "a", TimeSpan? life = null) =>
        new(Payload(value), Clock.GetUtcNow() + (life ?? TimeSpan.FromMinutes(10)));

    public static byte[] Payload(string value) => Encoding.UTF8.GetBytes($$"""{"cookie":{},"value":"{{value}}"}""");

    /// <summary>Redis' own clock goes on between writing and reading: by seconds where the machine is busy.</summary>
    public static void AssertExpires(DateTimeOffset expected, SessionRecord? record)
    {
        Assert.NotNull(record);
        Assert.InRange(record.Expires!.Value, expected.AddSeconds(-20), expected.AddMilliseconds(1));
    }

    /// <summary>Waits for what only the server's own clock brings about.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), $"Not within a minute: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        await Raw.DisposeAsync();
        await _place.DisposeAsync();
    }
}
