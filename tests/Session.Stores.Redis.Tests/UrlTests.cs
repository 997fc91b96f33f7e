using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class UrlTests(SharedRedis server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("redis://localhost")]
    [InlineData("REDIS://localhost:6379/")]
    [InlineData("rediss://user:p%40ss%2Fw%25rd@redis.example.org:6380/15")]
    [InlineData("redis://:only-password@127.0.0.1/0")]
    [InlineData("redis://user@host_with_underscore")]
    [InlineData("redis://[::1]:7000/2")]
    [InlineData("redis://redis.b\u00FCcher.example:6379")]
    [InlineData("redis://localhost:6379\n")]
    [InlineData("rediss://:p@localhost/1\r\n")]
    [InlineData("redis://one:7000,two:7001,[fe80::1]")]
    public void A_well_formed_url_is_taken(string url)
    {
        var builder = new ServerSessionBuilder(new ServiceCollection());
        new RedisSessionStoreProvider().AddStore(builder, url);
        using var provider = builder.Services.BuildServiceProvider();
        Assert.Equal(url, provider.GetRequiredService<IOptions<RedisSessionStoreOptions>>().Value.ConnectionString);
    }

    [Theory]
    [InlineData("redis:localhost", "starts with 'redis://'")]
    [InlineData("postgres://localhost", "starts with 'redis://'")]
    [InlineData("redis://", "names no host")]
    [InlineData("redis://:secret@/0", "names no host")]
    [InlineData("redis://:secret@localhost:0", "port")]
    [InlineData("redis://:secret@localhost:65536", "port")]
    [InlineData("redis://:secret@localhost:", "port")]
    [InlineData("redis://:secret@localhost:12x", "port")]
    [InlineData("redis://:secret@localhost,,other", "names no host")]
    [InlineData("redis://:secret@::1", "names no host")]
    [InlineData("redis://:secret@[localhost]", "names no host")]
    [InlineData("redis://:secret@[::1", "names no host")]
    [InlineData("redis://:secret@[::1]7000", "port")]
    [InlineData("redis://:secret@local host", "names no host")]
    [InlineData("redis://:secret@localhost/x", "number of a database")]
    [InlineData("redis://:secret@localhost/-1", "number of a database")]
    [InlineData("redis://:secret@localhost/99999999999", "number of a database")]
    [InlineData("redis://:secret@localhost/0/1", "number of a database")]
    [InlineData("redis://:secret@localhost?db=1", "parameters are not supported")]
    [InlineData("redis://:secret%@localhost", "%25")]
    [InlineData("redis://se%2cret:secret%zz@localhost", "%25")]
    public void A_malformed_url_is_refused_with_the_reason_and_without_the_password(string url, string says)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new RedisSessionStoreProvider().AddStore(new ServerSessionBuilder(new ServiceCollection()), url)
        );
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_url_reaches_the_database_that_it_names()
    {
        await using var redis = await TestRedis.OnAsync(server);
        await redis.Store(options => options.ConnectionString = redis.Url).SetAsync("a", redis.Record(), Cancel);
        Assert.NotNull(await redis.Store().GetAsync("a", Cancel));
        Assert.NotNull(await redis.Store(options => options.ConnectionString = redis.Url + "\n").GetAsync("a", Cancel));
        Assert.True(await redis.Database.KeyExistsAsync(redis.Key("a")));
    }

    [Fact]
    public async Task The_database_option_wins_over_the_connection_string()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var number = redis.Database.Database;
        await redis
            .Store(options => (options.ConnectionString, options.Database) = (redis.ConnectionString + ",defaultDatabase=0", number))
            .SetAsync("a", redis.Record(), Cancel);
        Assert.Equal("a", Assert.Single(await redis.Store().AllAsync(Cancel).ToListAsync(Cancel)).Sid);
    }

    [Fact]
    public async Task User_and_password_are_percent_decoded()
    {
        await using var own = await RedisServer.StartAsync();
        await own.CommandAsync("ACL", "SETUSER", "a:b@c", "on", ">p@s/s:w%r,d?#", "~*", "&*", "+@all");
        await own.CommandAsync("ACL", "SETUSER", "default", "off");
        var url = $"redis://{Uri.EscapeDataString("a:b@c")}:{Uri.EscapeDataString("p@s/s:w%r,d?#")}@{own.EndPoint}/3";
        await using var store = new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = url });
        await store.OpenAsync(Cancel);
        await store.SetAsync("a", new SessionRecord(TestRedis.Payload("a"), null), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }
}
