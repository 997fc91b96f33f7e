namespace ServerSessions.Stores.Redis.Tests;

/// <summary>Reading and touching in one script: what is particular to Redis.</summary>
public sealed class GetAndTouchTests(SharedRedis server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_time_to_live_is_that_of_a_touch_where_the_payload_begins_with_the_prefix_and_else_stays()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("s", redis.Record("a", TimeSpan.FromMinutes(10)), Cancel);
        var later = redis.Clock.GetUtcNow() + TimeSpan.FromHours(2);

        var other = await store.GetAndTouchAsync(
            "s",
            new SessionTouchPlan { Prefix = """{"cookie":{"originalMaxAge":1,"""u8.ToArray(), Expires = later },
            Cancel
        );
        Assert.False(other.IsTouched);
        TestRedis.AssertExpires(redis.Clock.GetUtcNow() + TimeSpan.FromMinutes(10), other.Record);
        Assert.InRange((await redis.Database.KeyTimeToLiveAsync(redis.Key("s")))!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));

        var touched = await store.GetAndTouchAsync(
            "s",
            new SessionTouchPlan { Prefix = """{"cookie":{"""u8.ToArray(), Expires = later },
            Cancel
        );
        Assert.True(touched.IsTouched);
        Assert.Equal(later, touched.Record!.Expires);
        Assert.Equal(TestRedis.Payload("a"), touched.Record.Payload.ToArray());
        Assert.InRange((await redis.Database.KeyTimeToLiveAsync(redis.Key("s")))!.Value, TimeSpan.FromMinutes(119), TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task A_prefix_is_bytes_and_no_pattern_and_may_be_longer_than_the_payload()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("s", redis.Record("%d.*\u00e4"), Cancel);
        var payload = TestRedis.Payload("%d.*\u00e4");
        var later = redis.Clock.GetUtcNow() + TimeSpan.FromHours(2);

        Assert.True((await store.GetAndTouchAsync("s", new SessionTouchPlan { Prefix = payload, Expires = later }, Cancel)).IsTouched);
        Assert.False(
            (
                await store.GetAndTouchAsync("s", new SessionTouchPlan { Prefix = (byte[])[.. payload, 0], Expires = later }, Cancel)
            ).IsTouched
        );
        Assert.False(
            (await store.GetAndTouchAsync("s", new SessionTouchPlan { Prefix = "{.*"u8.ToArray(), Expires = later }, Cancel)).IsTouched
        );
        Assert.True((await store.GetAndTouchAsync("s", new SessionTouchPlan { Expires = later }, Cancel)).IsTouched);
    }

    [Fact]
    public async Task A_key_of_another_type_is_an_error_and_an_empty_string_is_absent()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await redis.Database.ListLeftPushAsync(redis.Key("list"), "x");
        await redis.Database.StringSetAsync(redis.Key("empty"), "", TimeSpan.FromMinutes(5));
        var later = redis.Clock.GetUtcNow() + TimeSpan.FromHours(2);

        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await store.GetAndTouchAsync("list", new SessionTouchPlan { Expires = later }, Cancel)
        );
        var empty = await store.GetAndTouchAsync("empty", new SessionTouchPlan { Expires = later }, Cancel);

        Assert.Equal(SessionStoreOperation.Get, error.Operation);
        Assert.Contains("another type", error.Message, StringComparison.Ordinal);
        Assert.Null(empty.Record);
        Assert.False(empty.IsTouched);
        Assert.InRange(
            (await redis.Database.KeyTimeToLiveAsync(redis.Key("empty")))!.Value,
            TimeSpan.FromMinutes(4),
            TimeSpan.FromMinutes(5)
        );
    }

    [Fact]
    public async Task A_key_without_a_time_to_live_gets_one_when_it_is_touched()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await redis.Database.StringSetAsync(redis.Key("s"), TestRedis.Payload("a"));

        var read = await store.GetAndTouchAsync(
            "s",
            new SessionTouchPlan { Prefix = "no"u8.ToArray(), Expires = redis.Clock.GetUtcNow() + TimeSpan.FromHours(2) },
            Cancel
        );
        Assert.Equal(DateTimeOffset.MaxValue, read.Record!.Expires);
        Assert.True((await store.GetAndTouchAsync("s", default, Cancel)).IsTouched);
        Assert.NotNull(await redis.Database.KeyTimeToLiveAsync(redis.Key("s")));
    }
}
