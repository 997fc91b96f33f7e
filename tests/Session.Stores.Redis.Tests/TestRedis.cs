using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(SharedRedis))]
[assembly: AssemblyFixture(typeof(SharedRedisCluster))]

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>
/// A place in a server, and a plain connection beside the stores on it. Their clock stands still; the server's own goes on.
/// </summary>
public sealed class TestRedis : StorePlace<RedisSessionStore, RedisSessionStoreOptions>
{
    private readonly RedisPlace _place;

    private TestRedis(RedisPlace place, ConnectionMultiplexer raw)
    {
        _place = place;
        Raw = raw;
    }

    public ConnectionMultiplexer Raw { get; }

    public IDatabase Database => Raw.GetDatabase();

    public string Prefix => _place.KeyPrefix;

    public string ConnectionString => _place.ConnectionString;

    public string Url => _place.Url;

    public static async Task<TestRedis> OnAsync(SharedServer<RedisPlace> server) => await OnAsync(await server.NewPlaceAsync());

    public static async Task<TestRedis> OnAsync(RedisPlace place) =>
        new(place, await ConnectionMultiplexer.ConnectAsync(place.ConnectionString + ",allowAdmin=true"));

    public RedisKey Key(string sid) => Prefix + sid;

    /// <summary>Redis' own clock goes on between writing and reading: by seconds where the machine is busy.</summary>
    public static void AssertExpires(DateTimeOffset expected, SessionRecord? record)
    {
        Assert.NotNull(record);
        Assert.InRange(record.Expires!.Value, expected.AddSeconds(-20), expected.AddMilliseconds(1));
    }

    /// <summary>Waits for what only the server's own clock brings about.</summary>
    public static Task EventuallyAsync(Func<Task<bool>> condition, string what) =>
        Bounded.UntilAsync(condition, what, TestContext.Current.CancellationToken);

    public override ValueTask OpenAsync(RedisSessionStore store, CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    protected override RedisSessionStoreOptions Options() =>
        new()
        {
            ConnectionString = ConnectionString,
            Prefix = Prefix,
            OperationTimeout = TimeSpan.FromSeconds(30),
        };

    protected override RedisSessionStore Store(RedisSessionStoreOptions options, TimeProvider clock, ILogger<RedisSessionStore>? logger) =>
        new(options, clock, logger);

    protected override async ValueTask RemoveAsync()
    {
        await Raw.DisposeAsync();
        await _place.DisposeAsync();
    }
}
