namespace ServerSessions.Stores.Redis.Tests;

/// <summary>
/// What a user with fewer rights than the README lists gets of large sessions: the result that is true, and nothing left behind for good.
/// </summary>
public sealed class WithheldCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-multi")]
    [InlineData("-exec")]
    [InlineData("-rename")]
    [InlineData("-bitop")]
    [InlineData("-bitpos")]
    [InlineData("-pexpire")]
    [InlineData("-unlink")]
    public async Task Without_a_right_a_large_write_has_its_own_result_and_leaves_no_key_without_an_end(string right)
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.OnAsync(server.NewPlace());
        await server.CommandAsync([.. Readme.AclRule.Split(' '), right]);
        var (old, changed) = (redis.Record(new string('o', 5_000)), redis.Record(new string('c', 5_000)));

        // Another user has loaded all scripts.
        var other = redis.Store();
        await WriteAsync(other, old, changed);

        // A store for each write: after a refusal it does without transactions for a while.
        foreach (var write in Enumerable.Range(0, 3))
        {
            await other.SetAsync("s", old, Cancel);
            var store = redis.Store(options =>
                options.ConnectionString = $"{server.EndPoint},user=sessions,password=secret,defaultDatabase={redis.Database.Database}"
            );

            // It knows the server's clock from then on.
            await store.SetAsync("small", redis.Record(), Cancel);
            var sid = write == 1 ? "new" : "s";
            switch (write)
            {
                case 0:
                    Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, changed, old, Cancel));
                    break;
                case 1:
                    Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, changed, null, Cancel));
                    break;
                default:
                    await store.SetAsync(sid, changed, Cancel);
                    break;
            }

            var read = await store.GetAsync(sid, Cancel);
            TestRedis.AssertExpires(changed.Expires!.Value, read);
            Assert.Equal(changed.Payload.ToArray(), read!.Payload.ToArray());
        }

        await foreach (var key in redis.Raw.GetServers()[0].KeysAsync(redis.Database.Database, "session-stage:*"))
        {
            Assert.InRange(await redis.Database.KeyTimeToLiveAsync(key) ?? TimeSpan.MaxValue, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }
    }

    private static async Task WriteAsync(RedisSessionStore store, SessionRecord old, SessionRecord changed)
    {
        await store.SetAsync("s", old, Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("s", changed, old, Cancel));
        await store.DestroyAsync("s", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("s", changed, null, Cancel));
    }
}
