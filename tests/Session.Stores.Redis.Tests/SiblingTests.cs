namespace ServerSessions.Stores.Redis.Tests;

public sealed class SiblingTests(SharedRedis server) : SiblingTests<TestRedis, RedisSessionStore>(() => TestRedis.OnAsync(server))
{
    [Theory]
    [InlineData("sess:", "OWNsess-users:a")]
    [InlineData("{app}:sess:", "OWN{app}:sess-users:a")]
    [InlineData("sess", "users-OWNsessa")]
    public async Task Its_keys_are_not_under_the_prefix_of_the_sessions(string prefix, string key)
    {
        await using var redis = await TestRedis.OnAsync(server);
        var own = redis.Prefix;
        var store = redis.Store(options => options.Prefix = own + prefix);
        await store.GetSibling("users").SetAsync("a", redis.Record(), Cancel);

        var expected = key.Replace("OWN", own, StringComparison.Ordinal);
        Assert.True(await redis.Database.KeyExistsAsync(expected));
        Assert.Equal(0, await store.LengthAsync(Cancel));
        await redis.Database.KeyDeleteAsync(expected);
    }

    [Fact]
    public async Task Without_a_prefix_there_is_no_room_beside_the_sessions()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var store = redis.Store(static options => options.Prefix = "");
        var refusal = Assert.Throws<NotSupportedException>(() => store.GetSibling("users"));
        Assert.Contains("RedisSessionStoreOptions.Prefix", refusal.Message, StringComparison.Ordinal);
    }
}
