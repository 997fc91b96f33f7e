namespace ServerSessions.Testing.Tests;

public sealed class SharedServerTests
{
    [Fact]
    public async Task Where_there_is_no_server_the_test_is_skipped_with_the_reason()
    {
        await using var mongo = new SharedMongo();
        var why = await mongo.WhyMissingAsync();
        Assert.SkipWhen(why is null, "There is a MongoDB here, so its absence cannot be seen.");

        Assert.Contains("SESSION_TEST_MONGO", why, StringComparison.Ordinal);
        Assert.Contains("mongod is not installed", why, StringComparison.Ordinal);
        var skip = await Record.ExceptionAsync(mongo.NewPlaceAsync);
        Assert.Contains(why!, skip?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_named_by_the_environment_is_shared_by_prefix_and_left_clean()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "p");
        await server.CommandAsync("SET", "neighbour", "untouched");
        var address = RedisAddress.Parse(new Uri($"redis://:p@{server.EndPoint}/0"));
        var place = new RedisPlace(address.ConnectionString, server.Url, "test:mine:", address.RemoveAsync);
        await server.CommandAsync("EVAL", "for i = 1, 2500 do redis.call('SET', 'test:mine:' .. i, 'x') end", "0");

        await place.DisposeAsync();

        Assert.Equal("neighbour", await server.CommandAsync("KEYS", "*"));
    }

    [Theory]
    [InlineData("redis://127.0.0.1", "127.0.0.1:6379,defaultDatabase=0")]
    [InlineData("redis://user:p%40ss@host:1234/5", "host:1234,defaultDatabase=5,user=user,password=p@ss")]
    public void A_redis_url_is_read(string url, string connectionString) =>
        Assert.Equal(connectionString, RedisAddress.Parse(new Uri(url)).ConnectionString);
}
