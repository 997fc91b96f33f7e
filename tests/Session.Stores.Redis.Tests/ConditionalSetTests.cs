namespace ServerSessions.Stores.Redis.Tests;

public sealed class RedisConditionalSetTests(SharedRedis server) : ConditionalSetTests(server);

public sealed class ClusterConditionalSetTests(SharedRedisCluster cluster) : ConditionalSetTests(cluster);

public abstract class ConditionalSetTests(SharedServer<RedisPlace> server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Expecting_nothing_stores_only_where_the_session_is_absent()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", redis.Record("first"), null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", redis.Record("second"), null, Cancel));
        Assert.Equal(TestRedis.Payload("first"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task What_was_read_or_stored_is_recognized_and_a_touch_is_no_change()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        var stored = redis.Record("1");
        await store.SetAsync("a", stored, Cancel);
        var read = await store.GetAsync("a", Cancel);
        await store.TouchAsync("a", redis.Record(life: TimeSpan.FromHours(5)), Cancel);

        var second = redis.Record("2");
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", second, read, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", redis.Record("3"), stored, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", redis.Record("3"), second, Cancel));
        var last = await store.GetAsync("a", Cancel);
        Assert.Equal(TestRedis.Payload("3"), last!.Payload.ToArray());
        TestRedis.AssertExpires(redis.Clock.GetUtcNow().AddMinutes(10), last);
    }

    [Fact]
    public async Task A_stored_record_that_is_not_in_the_future_ends_the_session()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("a", redis.Record(), Cancel);
        var read = await store.GetAsync("a", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", redis.Record("b", TimeSpan.Zero), read, Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", redis.Record("c", TimeSpan.Zero), null, Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task An_expected_record_with_an_empty_payload_never_matches()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("a", redis.Record(), Cancel);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", redis.Record("b"), new SessionRecord([], null), Cancel));
    }
}
