namespace ServerSessions.Stores.Redis.Tests;

public sealed class DisposalTests(SharedRedis server)
    : DisposalTests<TestRedis, RedisSessionStore>(() => TestRedis.OnAsync(server), rounds: 10)
{
    [Fact]
    public async Task The_stores_own_connection_is_closed_with_it()
    {
        await using var own = await RedisServer.StartAsync();
        var store = new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = own.ConnectionString });
        await store.OpenAsync(Cancel);
        Assert.True(await ConnectionsAsync(own) > 1);
        await store.DisposeAsync();
        await TestRedis.EventuallyAsync(async () => await ConnectionsAsync(own) == 1, "the server has no connection but the one that asks");
    }

    [Fact]
    public async Task A_connection_that_was_handed_in_is_not_closed_and_not_listened_to_any_longer()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store(options => (options.ConnectionString, options.Multiplexer) = ("", redis.Raw));
        await store.SetAsync("a", redis.Record(), Cancel);
        await store.DisposeAsync();
        Assert.True(redis.Raw.IsConnected);
        Assert.True(await redis.Database.KeyExistsAsync(redis.Key("a")));
    }

    [Fact]
    public async Task A_store_that_is_disposed_while_it_connects_leaves_no_connection()
    {
        await using var own = await RedisServer.StartAsync();
        for (var round = 0; round < 10; round++)
        {
            var store = new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = own.ConnectionString });
            var opening = store.OpenAsync(Cancel).AsTask();
            await store.DisposeAsync();
            await opening.ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        await TestRedis.EventuallyAsync(async () => await ConnectionsAsync(own) == 1, "the server has no connection but the one that asks");
    }

    // Its first calls wait until it is connected.
    protected override Task LetThemRunAsync(int round) => Task.Delay(round, Cancel);

    private static async Task<int> ConnectionsAsync(RedisServer own) =>
        (await own.CommandAsync("CLIENT", "LIST")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
