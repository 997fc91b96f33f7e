namespace ServerSessions.Testing.Tests;

public sealed class RedisClusterTests
{
    [Fact]
    public async Task Three_primaries_share_the_slots_and_a_node_comes_back()
    {
        await using var cluster = await RedisCluster.StartAsync();

        // The slots of these keys are those of CLUSTER KEYSLOT: 12182 for "foo", 5061 for "bar", 866 for "hello".
        Assert.Equal("OK", await cluster.CommandAsync(2, "SET", "foo", "1"));
        Assert.Equal("OK", await cluster.CommandAsync(0, "SET", "bar", "2"));
        var moved = await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.CommandAsync(1, "SET", "hello", "3"));
        Assert.Contains($"MOVED 866 127.0.0.1:{cluster.Nodes[0].Port}", moved.Message, StringComparison.Ordinal);

        await cluster.Nodes[2].StopAsync();
        await cluster.Nodes[2].StartAgainAsync();
        await cluster.WaitUntilWholeAsync();
        Assert.Equal("1", await cluster.CommandAsync(2, "GET", "foo"));
    }

    [Fact]
    public async Task Places_of_the_shared_cluster_differ()
    {
        await using var shared = new SharedRedisCluster();
        await using var first = await shared.NewPlaceAsync();
        await using var second = await shared.NewPlaceAsync();

        Assert.NotEqual(first.KeyPrefix, second.KeyPrefix);
        Assert.Equal(3, first.ConnectionString.Split(',').Length);
    }
}
