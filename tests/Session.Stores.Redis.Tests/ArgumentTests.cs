namespace Session.Stores.Redis.Tests;

public sealed class ArgumentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "\0")]
    [InlineData("a", "lone surrogate")]
    public async Task An_invalid_sid_is_refused_before_anything_is_connected(string start, string end)
    {
        // A test case cannot carry a lone surrogate.
        var sid = start + (end == "lone surrogate" ? "\ud800" : end);

        // Nothing listens there: were it connected to, the error would be another.
        await using var store = new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = "127.0.0.1:1" });
        var record = new SessionRecord(TestRedis.Payload("a"), null);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.GetAsync(sid, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetAsync(sid, record, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TouchAsync(sid, record, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.DestroyAsync(sid, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TrySetAsync(sid, record, null, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.SetAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TouchAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TrySetAsync("a", null!, null, Cancel));
    }
}
