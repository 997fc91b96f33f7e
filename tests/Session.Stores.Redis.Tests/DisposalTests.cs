namespace Session.Stores.Redis.Tests;

public sealed class DisposalTests(SharedRedis server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disposed_store_refuses_every_call_and_may_be_disposed_again(bool used)
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store();
        if (used)
        {
            await store.GetAsync("a", Cancel);
        }

        await Task.WhenAll(store.DisposeAsync().AsTask(), store.DisposeAsync().AsTask());
        await store.DisposeAsync();
        var record = redis.Record();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.OpenAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a", Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.SetAsync("a", record, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.DestroyAsync("a", Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.TouchAsync("a", record, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.TrySetAsync("a", record, null, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.LengthAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ClearAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.AllAsync(Cancel).ToListAsync(Cancel));
    }

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
    public async Task Calls_under_way_when_the_store_is_disposed_end_well_or_say_so()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var redis = await TestRedis.OnAsync(server);
            var store = redis.Store();
            await store.SetAsync("a", redis.Record(), Cancel);
            var calls = Enumerable.Range(0, 32).Select(i => Task.Run(
                async () =>
                {
                    for (var n = 0; ; n++)
                    {
                        await store.GetAsync("a", Cancel);
                        await store.SetAsync($"{i}-{n}", redis.Record(), Cancel);
                    }
                },
                Cancel)).ToList();
            await Task.Delay(round, Cancel);
            await store.DisposeAsync();
            foreach (var call in calls)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => call);
            }
        }
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

    private static async Task<int> ConnectionsAsync(RedisServer own) =>
        (await own.CommandAsync("CLIENT", "LIST")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
