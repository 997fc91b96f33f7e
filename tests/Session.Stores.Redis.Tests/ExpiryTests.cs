namespace ServerSessions.Stores.Redis.Tests;

/// <summary>Redis counts whole milliseconds. A life between two of them is rounded up, so that no session ends early.</summary>
public sealed class ExpiryTests(SharedRedis server)
{
    private static readonly TimeSpan HalfAMillisecond = TimeSpan.FromMilliseconds(0.5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_is_touched_to_half_a_millisecond_ends_no_earlier_than_asked()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("a", redis.Record(), Cancel);
        var asked = redis.Clock.GetUtcNow() + TimeSpan.FromMinutes(1) + HalfAMillisecond;
        var touched = await store.GetAndTouchAsync("a", new SessionTouchPlan { Expires = asked }, Cancel);
        Assert.True(touched.IsTouched);
        Assert.Equal(asked + HalfAMillisecond, touched.Record!.Expires);
    }

    [Fact]
    public async Task Half_a_millisecond_of_life_is_life()
    {
        await using var own = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(own.NewPlace());
        var store = redis.Store();
        var until = redis.Clock.GetUtcNow() + HalfAMillisecond;
        await store.SetAsync("a", redis.Record(), Cancel);
        var touched = await store.GetAndTouchAsync("a", new SessionTouchPlan { Expires = until }, Cancel);
        Assert.True(touched.IsTouched);
        Assert.Equal(until + HalfAMillisecond, touched.Record!.Expires);

        // It is gone before it can be looked at; the server counts what it has executed.
        await own.CommandAsync("CONFIG", "RESETSTAT");
        await store.SetAsync("b", new SessionRecord(TestRedis.Payload("b"), until), Cancel);
        await store.TrySetAsync("c", new SessionRecord(TestRedis.Payload("c"), until), null, Cancel);
        var done = await own.CommandAsync("INFO", "commandstats");
        Assert.Contains("cmdstat_set:calls=2,", done, StringComparison.Ordinal);
        Assert.DoesNotContain("cmdstat_unlink", done, StringComparison.Ordinal);
    }
}
