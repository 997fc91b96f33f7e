using System.Text;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class RedisContractTests(SharedRedis server) : ContractTests(server);

public sealed class ClusterContractTests(SharedRedisCluster cluster) : ContractTests(cluster);

/// <summary>What every store does, on one server and on a cluster.</summary>
public abstract class ContractTests(SharedServer<RedisPlace> server)
    : ContractTests<TestRedis, RedisSessionStore>(() => TestRedis.OnAsync(server), defaultLifetime: TimeSpan.FromDays(1))
{
    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b', (byte)'\r', (byte)'\n' })]
    [InlineData(new byte[] { 0xff, 0xfe, 0x80 })]
    public Task A_store_holds_bytes_and_does_not_understand_them(byte[] payload) => AssertHoldsAsync(payload);

    [Fact]
    public async Task An_empty_payload_is_refused_and_an_empty_string_is_absent()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        var empty = new SessionRecord([], null);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetAsync("a", empty, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TrySetAsync("a", empty, null, Cancel));

        await redis.Database.StringSetAsync(redis.Key("a"), "");
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.False(await store.TouchAsync("a", redis.Record(), Cancel));
        Assert.Empty(await store.AllAsync(Cancel).ToListAsync(Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", redis.Record(), redis.Record(), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", redis.Record(), null, Cancel));
    }

    [Fact]
    public async Task A_session_that_was_never_stored_is_absent_and_destroying_it_succeeds()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        Assert.Null(await store.GetAsync("a", Cancel));
        await store.DestroyAsync("a", Cancel);
        Assert.False(await store.TouchAsync("a", redis.Record(), Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_destroyed_session_is_gone_and_stays_so()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("a", redis.Record(), Cancel);
        var read = await store.GetAsync("a", Cancel);
        await store.DestroyAsync("a", Cancel);
        await store.DestroyAsync("a", Cancel);
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.False(await store.TouchAsync("a", redis.Record(), Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", redis.Record("new"), read, Cancel));
        Assert.False(await redis.Database.KeyExistsAsync(redis.Key("a")));
    }

    [Fact]
    public async Task A_session_ends_when_its_time_is_over_and_reading_does_not_lengthen_its_life()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        var life = TimeSpan.FromMilliseconds(700);
        var started = System.Diagnostics.Stopwatch.StartNew();
        await store.SetAsync("a", redis.Record(life: life), Cancel);
        await TestRedis.EventuallyAsync(async () => await store.GetAsync("a", Cancel) is null, "the session's end");

        Assert.True(started.Elapsed >= life - TimeSpan.FromMilliseconds(2), $"It ended after {started.Elapsed}.");
        Assert.Equal(0, await store.LengthAsync(Cancel));
        Assert.Empty(await store.AllAsync(Cancel).ToListAsync(Cancel));
        Assert.False(await store.TouchAsync("a", redis.Record(), Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(600_000_000_001, 60_000_001)]
    public async Task A_life_is_stored_in_milliseconds_rounded_up(long ticks, long milliseconds)
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("a", redis.Record(life: TimeSpan.FromTicks(ticks)), Cancel);
        var left = (await redis.Database.KeyTimeToLiveAsync(redis.Key("a")))?.TotalMilliseconds ?? 0;
        Assert.InRange(left, Math.Max(0, milliseconds - 20_000), milliseconds);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-100_000_000)]
    public async Task A_record_whose_expiry_is_not_in_the_future_leaves_the_session_absent(long ticks)
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("a", redis.Record(), Cancel);
        await store.SetAsync("a", redis.Record(life: TimeSpan.FromTicks(ticks)), Cancel);
        Assert.Null(await store.GetAsync("a", Cancel));

        await store.SetAsync("a", redis.Record(), Cancel);
        Assert.True(await store.TouchAsync("a", redis.Record(life: TimeSpan.FromTicks(ticks)), Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(0, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_key_without_a_time_to_live_never_expires_until_it_is_touched()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await redis.Database.StringSetAsync(redis.Key("a"), TestRedis.Payload("a"));
        Assert.Equal(DateTimeOffset.MaxValue, (await store.GetAsync("a", Cancel))!.Expires);
        var touched = redis.Record();
        Assert.True(await store.TouchAsync("a", touched, Cancel));
        TestRedis.AssertExpires(touched.Expires!.Value, await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_touch_moves_the_expiry_and_leaves_the_content()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("a", redis.Record("old"), Cancel);
        var touched = redis.Record("other", TimeSpan.FromHours(2));
        Assert.True(await store.TouchAsync("a", touched, Cancel));

        var read = await store.GetAsync("a", Cancel);
        Assert.Equal(TestRedis.Payload("old"), read!.Payload.ToArray());
        TestRedis.AssertExpires(touched.Expires!.Value, read);
    }

    [Fact]
    public async Task A_record_is_a_value()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        var buffer = TestRedis.Payload("old");
        await store.SetAsync("a", new SessionRecord(buffer, null), Cancel);
        var read = await store.GetAsync("a", Cancel);
        Array.Clear(buffer);
        await store.SetAsync("a", redis.Record("new"), Cancel);
        Assert.Equal(TestRedis.Payload("old"), read!.Payload.ToArray());
        Assert.Equal(TestRedis.Payload("new"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    protected override RedisSessionStore NewStore(TestRedis redis, TimeSpan defaultLifetime) =>
        redis.Store(options => options.DefaultLifetime = defaultLifetime);

    protected override void AssertExpires(DateTimeOffset expected, SessionRecord? read) => TestRedis.AssertExpires(expected, read);
}
