using System.Text;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class RedisEnumerationTests(SharedRedis server) : EnumerationTests(server);

public sealed class ClusterEnumerationTests(SharedRedisCluster cluster) : EnumerationTests(cluster);

public abstract class EnumerationTests(SharedServer<RedisPlace> server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task All_yields_every_session_once_with_its_content_and_expiry_over_many_steps(int scanCount)
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store(options => options.ScanCount = scanCount);
        var other = redis.Store(options => options.Prefix += "x:");
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => store.SetAsync($"sid{i}", redis.Record($"{i}"), Cancel).AsTask()));

        var all = await store.AllAsync(Cancel).ToListAsync(Cancel);
        Assert.Equal(500, all.Select(entry => entry.Sid).Distinct().Count());
        Assert.Equal(500, all.Count);
        Assert.Equal(500, await store.LengthAsync(Cancel));
        Assert.Equal(0, await other.LengthAsync(Cancel));
        Assert.All(all, entry =>
        {
            Assert.Equal(TestRedis.Payload(entry.Sid[3..]), entry.Record.Payload.ToArray());
            TestRedis.AssertExpires(redis.Clock.GetUtcNow().AddMinutes(10), entry.Record);
        });
    }

    [Fact]
    public async Task A_key_that_the_server_shows_twice_is_listed_and_counted_once()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store(options =>
            (options.ConnectionString, options.Multiplexer, options.ScanCount) = ("", RepeatingScan.Over(redis.Raw), 10)
        );
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => store.SetAsync($"sid{i}", redis.Record(), Cancel).AsTask()));
        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => $"sid{i}").Order(StringComparer.Ordinal),
            (await store.AllAsync(Cancel).Select(entry => entry.Sid).ToListAsync(Cancel)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(50, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task Sessions_that_stay_are_yielded_once_though_others_come_and_go_and_the_servers_table_shrinks()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store(options => options.ScanCount = 10);

        // Redis makes its table smaller while most of them go: then SCAN shows keys twice.
        await Task.WhenAll(
            Enumerable.Range(0, 6000).Select(i => store.SetAsync(i < 300 ? $"stay{i}" : $"go{i}", redis.Record(), Cancel).AsTask())
        );
        var seen = new List<string>();
        var removed = 300;
        await foreach (var entry in store.AllAsync(Cancel))
        {
            seen.Add(entry.Sid);
            if (seen.Count % 10 == 0 && removed < 6000)
            {
                await Task.WhenAll(Enumerable.Range(removed, 300).Select(i => store.DestroyAsync($"go{i}", Cancel).AsTask()));
                removed += 300;
                await store.SetAsync($"new{seen.Count}", redis.Record(), Cancel);
            }
        }

        Assert.Equal(300, seen.Count(sid => sid.StartsWith("stay", StringComparison.Ordinal)));
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_session_that_expires_while_the_caller_dawdles_is_not_yielded()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("a", redis.Record(), Cancel);
        await store.SetAsync("b", redis.Record(), Cancel);
        await using var steps = store.AllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await steps.MoveNextAsync());
        redis.Clock.Advance(TimeSpan.FromMinutes(11));

        // On a cluster the second may not have been read yet; then Redis, whose clock has not moved, says that it is alive.
        if (await steps.MoveNextAsync())
        {
            Assert.True(steps.Current.Record.Expires > redis.Clock.GetUtcNow());
        }
    }

    [Fact]
    public async Task Clear_removes_the_sessions_of_this_prefix_and_nothing_else()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => store.SetAsync($"sid{i}", redis.Record(), Cancel).AsTask()));
        var neighbour = redis.Prefix[..^1] + "2:a";
        await redis.Database.StringSetAsync(neighbour, "theirs");
        await redis.Database.ListRightPushAsync(redis.Key("list"), "theirs");
        await store.ClearAsync(Cancel);
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await store.LengthAsync(Cancel));
        Assert.Equal("theirs", await redis.Database.StringGetAsync(neighbour));
        Assert.Equal(1, await redis.Database.ListLengthAsync(redis.Key("list")));
        await redis.Database.KeyDeleteAsync(neighbour);
    }

    [Theory]
    [InlineData("s*:")]
    [InlineData("s?ss[ab]:")]
    [InlineData("back\\slash:")]
    [InlineData("[^a-z]")]
    [InlineData("ünï😀:")]
    public async Task Characters_of_patterns_in_a_prefix_stand_for_themselves(string prefix)
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store(options => options.Prefix = redis.Prefix + prefix);
        await store.SetAsync("a", redis.Record(), Cancel);
        foreach (var other in new[] { "sess:b", "sessa:b", "sessb:b", "s*b", "back", "backslash:b", "q", "^", "unb" })
        {
            await redis.Database.StringSetAsync(redis.Key(other), "theirs");
        }

        Assert.Equal("a", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.Equal(1, await store.LengthAsync(Cancel));
        await store.ClearAsync(Cancel);
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal("theirs", await redis.Database.StringGetAsync(redis.Key("sessa:b")));
    }

    [Fact]
    public async Task Keys_that_are_no_sessions_are_left_out_of_a_listing_with_a_warning()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var logger = new SignallingLogger();
        var store = redis.Store(logger: logger);
        await store.SetAsync("good", redis.Record(), Cancel);
        await redis.Database.HashSetAsync(redis.Key("very-secret-id"), "data", "x");
        await redis.Database.StringSetAsync((RedisKey)(byte[])[.. Encoding.UTF8.GetBytes(redis.Prefix), 0xff], "x");
        await redis.Database.StringSetAsync(redis.Prefix, "x");
        await redis.Database.StringSetAsync(redis.Key(new string('x', Sid.MaxLength + 1)), "x");

        Assert.Equal("good", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.Equal(1, await store.LengthAsync(Cancel));
        var warning = Assert.Single(logger.Messages, message => message.StartsWith("Unreadable:", StringComparison.Ordinal));
        Assert.Contains("4 keys", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-id", warning, StringComparison.Ordinal);
        await store.ClearAsync(Cancel);
        Assert.True(await redis.Database.KeyExistsAsync(redis.Key("very-secret-id")));
    }

    [Fact]
    public async Task A_cancelled_listing_ends()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        await store.SetAsync("a", redis.Record(), Cancel);
        await store.SetAsync("b", redis.Record(), Cancel);
        using var cancelling = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in store.AllAsync(cancelling.Token))
            {
                await cancelling.CancelAsync();
            }
        });
    }
}
