namespace ServerSessions.Stores.Redis.Tests;

/// <summary>By which commands the server serves a large session, and what happens if it refuses them.</summary>
public sealed class LargeSessionCostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_large_session_that_was_read_before_only_the_first_bytes_pass_through_Lua()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        var store = redis.Store();
        var plan = new SessionTouchPlan { Expires = redis.Record(life: TimeSpan.FromHours(5)).Expires };
        await store.SetAsync("s", redis.Record(new string('x', 100_000)), Cancel);
        await store.GetAndTouchAsync("s", plan, Cancel);
        await store.GetAsync("s", Cancel);

        await server.CommandAsync("CONFIG", "RESETSTAT");
        await store.GetAndTouchAsync("s", plan, Cancel);
        await store.GetAsync("s", Cancel);
        var done = await server.CommandAsync("INFO", "commandstats");

        // One read by GET and a script of which GETRANGE is a part, the other by GET and PTTL.
        foreach (var command in new[] { "get:calls=2,", "exec:calls=2,", "evalsha:calls=1,", "getrange:calls=1,", "pttl:calls=1," })
        {
            Assert.Contains("cmdstat_" + command, done, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_the_right_to_transactions_large_sessions_are_served_all_the_same()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync([.. Readme.AclRule.Split(' '), "-multi"]);
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions { ConnectionString = $"redis://sessions:secret@{server.EndPoint}" },
            redis.Clock
        );
        var record = redis.Record(new string('x', 100_000));
        for (var round = 0; round < 3; round++)
        {
            await store.SetAsync("s", record, Cancel);
            Assert.Equal(record.Payload.ToArray(), (await store.GetAsync("s", Cancel))!.Payload.ToArray());
            Assert.True((await store.GetAndTouchAsync("s", new SessionTouchPlan { Expires = record.Expires }, Cancel)).IsTouched);
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("s", record, record, Cancel));
            await store.DestroyAsync("s", Cancel);
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("s", record, null, Cancel));
        }
    }
}
