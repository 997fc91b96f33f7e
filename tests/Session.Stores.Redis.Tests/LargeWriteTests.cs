using System.Text;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class RedisLargeWriteTests(SharedRedis server) : LargeWriteTests(server);

public sealed class ClusterLargeWriteTests(SharedRedisCluster cluster) : LargeWriteTests(cluster);

/// <summary>
/// A large payload is written beside its session and takes its place: with the results of a small one, and nothing is left.
/// </summary>
public abstract class LargeWriteTests(SharedServer<RedisPlace> server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100, "")]
    [InlineData(2_048, "")]
    [InlineData(5_000, "")]
    [InlineData(300_000, "")]
    [InlineData(5_000, "{tag}")]
    [InlineData(5_000, "}no{tag")]
    [InlineData(5_000, "{}")]
    public async Task A_session_of_any_size_is_stored_only_over_what_is_expected(int size, string start)
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        var sid = start + "s";
        var filler = new string('x', size);
        var first = redis.Record($"1{filler}");

        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync(sid, first, first, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, first, null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync(sid, redis.Record("2"), null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync(sid, redis.Record($"2{filler}"), null, Cancel));

        var bytes = first.Payload.ToArray();
        foreach (var place in new[] { 0, 1, bytes.Length / 2, bytes.Length - 1 })
        {
            foreach (var bit in new[] { 1, 128 })
            {
                var other = bytes.ToArray();
                other[place] ^= (byte)bit;
                Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync(sid, redis.Record("2"), new(other, null), Cancel));
            }
        }

        foreach (var other in new byte[][] { bytes[..^1], [.. bytes, 0], [], [0] })
        {
            Assert.Equal(
                ConditionalSetResult.Changed,
                await store.TrySetAsync(sid, redis.Record($"2{filler}"), new SessionRecord(other, null), Cancel)
            );
        }

        AssertRead(first, await store.GetAsync(sid, Cancel));
        var second = redis.Record($"2{filler}", TimeSpan.FromHours(3));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, second, first, Cancel));
        AssertRead(second, await store.GetAsync(sid, Cancel));
        var small = redis.Record("small");
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, small, second, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, second, small, Cancel));
        await store.SetAsync(sid, first, Cancel);
        AssertRead(first, await store.GetAsync(sid, Cancel));

        await redis.Database.StringSetAsync(redis.Key(sid), "");
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync(sid, second, first, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, second, null, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, redis.Record(filler, TimeSpan.Zero), second, Cancel));
        Assert.Null(await store.GetAsync(sid, Cancel));
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync(sid, second, second, Cancel));
        await AssertNothingBesideAsync(redis, expected: 0);
    }

    [Fact]
    public async Task A_key_of_another_type_is_replaced_by_a_set_alone()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        var record = redis.Record(new string('x', 10_000));
        await redis.Database.ListLeftPushAsync(redis.Key("s"), "x");
        foreach (var expected in new[] { record, null })
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.TrySetAsync("s", record, expected, Cancel));
            Assert.Contains("another type", error.Message, StringComparison.Ordinal);
        }

        await store.SetAsync("s", record, Cancel);
        AssertRead(record, await store.GetAsync("s", Cancel));
        await AssertNothingBesideAsync(redis, expected: 1);
    }

    private static void AssertRead(SessionRecord expected, SessionRecord? read)
    {
        TestRedis.AssertExpires(expected.Expires!.Value, read);
        Assert.Equal(Encoding.UTF8.GetString(expected.Payload.Span), Encoding.UTF8.GetString(read!.Payload.Span));
    }

    private static async Task AssertNothingBesideAsync(TestRedis redis, int expected)
    {
        var keys = new List<RedisKey>();
        foreach (var node in redis.Raw.GetServers())
        {
            await foreach (var key in node.KeysAsync(redis.Database.Database, $"*{redis.Prefix}*"))
            {
                keys.Add(key);
            }
        }

        Assert.Equal(expected, keys.Count);
    }
}
