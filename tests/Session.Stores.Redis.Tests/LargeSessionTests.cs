using System.Text;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class RedisLargeSessionTests(SharedRedis server) : LargeSessionTests(server);

public sealed class ClusterLargeSessionTests(SharedRedisCluster cluster) : LargeSessionTests(cluster);

/// <summary>A large session is read and written by other commands than a small one, with the same results.</summary>
public abstract class LargeSessionTests(SharedServer<RedisPlace> server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Each twice: from the second round on, the store knows which sessions are large.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(2_048)]
    [InlineData(5_000)]
    [InlineData(300_000)]
    public async Task A_session_of_any_size_is_read_and_touched_exactly(int size)
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        var own = redis.Clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        var later = redis.Clock.GetUtcNow() + TimeSpan.FromHours(2);
        for (var round = 0; round < 2; round++)
        {
            var record = redis.Record($"{round}{new string('x', size)}");
            await store.SetAsync("s", record, Cancel);

            var other = await store.GetAndTouchAsync("s", Plan("""{"cookie":{"originalMaxAge":1,""", later), Cancel);
            Assert.False(other.IsTouched);
            AssertRead(record, own, other.Record);
            AssertRead(record, own, await store.GetAsync("s", Cancel));
            Assert.InRange(await LifeAsync(redis, "s"), TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));

            var touched = await store.GetAndTouchAsync("s", Plan("""{"cookie":{""", later), Cancel);
            Assert.True(touched.IsTouched);
            AssertRead(record, later, touched.Record);
            AssertRead(record, later, await store.GetAsync("s", Cancel));
            Assert.InRange(await LifeAsync(redis, "s"), TimeSpan.FromMinutes(119), TimeSpan.FromHours(2));

            var longer = Encoding.UTF8.GetString(record.Payload.Span) + "}";
            Assert.False((await store.GetAndTouchAsync("s", Plan(longer, later), Cancel)).IsTouched);
            Assert.True((await store.GetAndTouchAsync("s", Plan(longer[..^1], later), Cancel)).IsTouched);
            Assert.True((await store.GetAndTouchAsync("s", Plan("", later), Cancel)).IsTouched);

            Assert.Equal(default, await store.GetAndTouchAsync("s", Plan("", redis.Clock.GetUtcNow()), Cancel));
            Assert.Null(await store.GetAsync("s", Cancel));
        }
    }

    [Fact]
    public async Task What_was_a_large_session_is_read_as_what_it_is_now()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        var large = redis.Record(new string('x', 10_000));
        var later = redis.Clock.GetUtcNow() + TimeSpan.FromHours(2);
        await store.SetAsync("s", large, Cancel);
        AssertRead(large, large.Expires!.Value, await store.GetAsync("s", Cancel));

        await store.SetAsync("s", redis.Record("small"), Cancel);
        AssertRead(redis.Record("small"), large.Expires.Value, await store.GetAsync("s", Cancel));
        Assert.True((await store.GetAndTouchAsync("s", Plan("", later), Cancel)).IsTouched);

        await redis.Database.StringSetAsync(redis.Key("s"), TestRedis.Payload("endless"));
        Assert.Equal(DateTimeOffset.MaxValue, (await store.GetAsync("s", Cancel))!.Expires);
        var endless = await store.GetAndTouchAsync("s", Plan("no", later), Cancel);
        Assert.Equal((false, DateTimeOffset.MaxValue), (endless.IsTouched, endless.Record!.Expires));

        await redis.Database.StringSetAsync(redis.Key("s"), "");
        Assert.Null(await store.GetAsync("s", Cancel));
        Assert.Equal(default, await store.GetAndTouchAsync("s", Plan("", later), Cancel));

        await store.DestroyAsync("s", Cancel);
        Assert.Null(await store.GetAsync("s", Cancel));
        Assert.Equal(default, await store.GetAndTouchAsync("s", Plan("", later), Cancel));

        await redis.Database.ListLeftPushAsync(redis.Key("s"), "x");
        Func<Task>[] reads =
        [
            async () => await store.GetAsync("s", Cancel),
            async () => await store.GetAndTouchAsync("s", Plan("", later), Cancel),
        ];
        foreach (var read in reads)
        {
            Assert.Contains(
                "another type",
                (await Assert.ThrowsAsync<SessionStoreException>(read)).Message,
                StringComparison.Ordinal
            );
        }

        await store.SetAsync("s", large, Cancel);
        AssertRead(large, large.Expires.Value, await store.GetAsync("s", Cancel));
        Assert.Equal(large.Payload.ToArray(), (await store.AllAsync(Cancel).ToListAsync(Cancel)).Single().Record.Payload.ToArray());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(4_000)]
    public async Task A_session_with_a_lifetime_of_its_own_is_never_given_anothers_while_both_are_written(int size)
    {
        await using var redis = await TestRedis.OnAsync(server);
        RedisSessionStore[] stores = [redis.Store(), redis.Store()];
        var start = redis.Clock.GetUtcNow();
        var filler = new string('x', size);
        SessionRecord[] records =
        [
            new(Encoding.UTF8.GetBytes($$$"""{"cookie":{"originalMaxAge":1},"value":"{{{filler}}}"}"""), start.AddHours(1)),
            new(Encoding.UTF8.GetBytes($$$"""{"cookie":{"originalMaxAge":2},"value":"{{{filler}}}"}"""), start.AddHours(1000)),
        ];
        var plan = Plan("""{"cookie":{"originalMaxAge":1}""", start.AddHours(2));
        await stores[0].SetAsync("s", records[0], Cancel);

        var writing = Task.Run(
            async () =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    await stores[0].SetAsync("s", records[i % 2], Cancel);
                }
            },
            Cancel
        );
        var seen = new HashSet<bool>();
        do
        {
            var reads = Enumerable.Range(0, 8).Select(_ => stores[1].GetAndTouchAsync("s", plan, Cancel).AsTask());
            foreach (var read in await Task.WhenAll(reads))
            {
                var isUsual = read.Record!.Payload.Span.SequenceEqual(records[0].Payload.Span);
                Assert.Equal(isUsual, read.IsTouched);
                AssertRead(records[isUsual ? 0 : 1], start.AddHours(isUsual ? 2 : 1000), read.Record);
                seen.Add(isUsual);
            }
        } while (!writing.IsCompleted);

        await writing;
        Assert.Equal(2, seen.Count);
    }

    private static SessionTouchPlan Plan(string prefix, DateTimeOffset expires) =>
        new() { Prefix = Encoding.UTF8.GetBytes(prefix), Expires = expires };

    private static void AssertRead(SessionRecord expected, DateTimeOffset expires, SessionRecord? read)
    {
        Assert.NotNull(read);
        Assert.Equal(expected.Payload.ToArray(), read.Payload.ToArray());
        TestRedis.AssertExpires(expires, read);
    }

    private static async Task<TimeSpan> LifeAsync(TestRedis redis, string sid) =>
        (await redis.Database.KeyTimeToLiveAsync(redis.Key(sid)))!.Value;
}
