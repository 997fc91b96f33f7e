using System.Globalization;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class ClusterFailureTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_one_primary_is_away_the_sessions_of_the_others_are_served_and_a_listing_says_that_it_would_be_incomplete()
    {
        await using var cluster = await RedisCluster.StartAsync();
        for (var node = 0; node < cluster.Nodes.Count; node++)
        {
            // Else the others would refuse every key as well.
            await cluster.CommandAsync(node, "CONFIG", "SET", "cluster-require-full-coverage", "no");
        }

        await using var redis = await TestRedis.OnAsync(cluster.NewPlace());
        var logger = new SignallingLogger();
        var store = redis.Store(logger: logger);
        var disconnected = 0;
        store.Disconnected += (_, _) => disconnected++;
        var sids = Enumerable.Range(0, 100).Select(i => $"very-secret-{i}").ToList();
        await Task.WhenAll(sids.Select(sid => store.SetAsync(sid, redis.Record(), Cancel).AsTask()));
        var there = sids.ToLookup(sid => redis.Raw.GetServer(redis.Key(sid)).EndPoint.ToString() == $"127.0.0.1:{cluster.Nodes[1].Port}");

        await cluster.Nodes[1].StopAsync();
        foreach (var sid in there[false])
        {
            await TestRedis.EventuallyAsync(
                async () => await Record.ExceptionAsync(async () => await store.SetAsync(sid, redis.Record("new"), Cancel)) is null,
                "the others are served"
            );
        }

        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
            await store.GetAsync(there[true].First(), Cancel)
        );
        output.WriteLine(error.Message);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
            await store.SetAsync(there[true].First(), redis.Record(), Cancel)
        );
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.LengthAsync(Cancel));
        Assert.Equal(0, disconnected);

        await cluster.Nodes[1].StartAgainAsync(Cancel);
        await cluster.WaitUntilWholeAsync();
        await TestRedis.EventuallyAsync(
            async () => await Record.ExceptionAsync(async () => Assert.Equal(100, await store.LengthAsync(Cancel))) is null,
            "all sessions are counted"
        );
        Assert.NotNull(await store.GetAsync(there[true].First(), Cancel));
        await store.SetAsync(there[true].First(), redis.Record(), Cancel);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task A_slot_that_has_moved_is_followed(int size)
    {
        var first = new string('1', size);
        await using var cluster = await RedisCluster.StartAsync();
        await using var redis = await TestRedis.OnAsync(cluster.NewPlace());
        var store = redis.Store();
        await store.SetAsync("before", redis.Record(), Cancel);
        await store.SetAsync("moves", redis.Record(first), Cancel);
        Assert.NotNull(await store.GetAsync("moves", Cancel));
        await store.DestroyAsync("moves", Cancel);

        // An empty slot moves by word alone.
        var slot = redis.Raw.GetHashSlot(redis.Key("moves"));
        var owner = redis.Raw.GetServer(redis.Key("moves")).EndPoint.ToString()!;
        var from = Enumerable.Range(0, 3).Single(node => owner.EndsWith($":{cluster.Nodes[node].Port}", StringComparison.Ordinal));
        var target = await cluster.CommandAsync((from + 1) % 3, "CLUSTER", "MYID");
        for (var node = 0; node < 3; node++)
        {
            await cluster.CommandAsync(
                (from + 1 + node) % 3,
                "CLUSTER",
                "SETSLOT",
                slot.ToString(CultureInfo.InvariantCulture),
                "NODE",
                target
            );
        }

        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("moves", redis.Record(first), null, Cancel));
        Assert.Equal(TestRedis.Payload(first), (await store.GetAsync("moves", Cancel))!.Payload.ToArray());
        Assert.True(await store.TouchAsync("moves", redis.Record(), Cancel));
        Assert.Equal("1", await cluster.CommandAsync((from + 1) % 3, "EXISTS", redis.Prefix + "moves"));
        await store.DestroyAsync("moves", Cancel);
        Assert.Null(await store.GetAsync("moves", Cancel));
    }

    [Fact]
    public async Task Sessions_lie_on_all_primaries_and_one_node_in_the_connection_string_is_enough()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var redis = await TestRedis.OnAsync(cluster.NewPlace());
        var store = redis.Store(options => options.ConnectionString = redis.Url);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => store.SetAsync($"{i}", redis.Record(), Cancel).AsTask()));
        for (var node = 0; node < 3; node++)
        {
            Assert.InRange(int.Parse(await cluster.CommandAsync(node, "DBSIZE"), CultureInfo.InvariantCulture), 50, 150);
        }

        Assert.Equal(300, await store.LengthAsync(Cancel));
        await store.ClearAsync(Cancel);
        for (var node = 0; node < 3; node++)
        {
            Assert.Equal("0", await cluster.CommandAsync(node, "DBSIZE"));
        }
    }
}
