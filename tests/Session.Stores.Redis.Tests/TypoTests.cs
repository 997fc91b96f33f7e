using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Testing.Secrets;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class TypoTests(ITestOutputHelper output)
    : ServerNameTypoTests<RedisSessionStore>(
        new RedisSessionStoreProvider(),
        [
            "127.0.0.1:1,password={password}",
            "redis://ada:{password}@127.0.0.1:1/0",
            "rediss://ada:{password}@127.0.0.1:1,127.0.0.1:2/3",
        ],
        ["127.0.0.1", "1", "2", "3"],
        Meant,
        atOnce: 256,
        output
    )
{
    // A host with its port, and no special character that is not encoded.
    private static readonly Regex Meant = new(
        @"^(rediss?://(\w*(:[^@/?#,]*)?@)?)?[\w.-]+:\d+(,[\w.-]+:\d+)*(/\d+|(,\w+=[^,]*)+)?$",
        RegexOptions.IgnoreCase
    );

    [Theory]
    [InlineData("localhost:6379,password=a,very-secret", "part 3 of 3")]
    [InlineData("localhost:6379,password=a,very-secret:6380", "part 3 of 3")]
    [InlineData("ssl=true,password=a,very-secret", "part 3 of 3")]
    [InlineData("user:very-secret@localhost:6379", "part 1 of 1")]
    [InlineData("localhost:6379/very-secret,ssl=true", "part 1 of 2")]
    [InlineData("localhost:very-secret", "part 1 of 1")]
    [InlineData("localhost:6379,user=ada,very/secret", "part 3 of 3")]
    [InlineData("localhost:6379,=very-secret", "part 2 of 2")]
    public void What_the_driver_would_take_for_a_server_and_is_none_is_refused_by_its_number(string connectionString, string says)
    {
        var error = Assert.Throws<OptionsValidationException>(() =>
            new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = connectionString })
        );
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", "localhost")]
    [InlineData("my_redis:6379", "my_redis:6379")]
    [InlineData("a:1,b:2,[::1]:3,password=x", "a:1, b:2, [::1]:3")]
    [InlineData("localhost:6379,very-secret", "localhost:6379 and 1 more")]
    [InlineData("localhost,very-secret", "localhost and 1 more")]
    [InlineData("a,very-secret", "2 servers that are not named here")]
    [InlineData("very-secret", "one server that is not named here")]
    [InlineData("redis://very-secret", "one server that is not named here")]
    [InlineData("redis://very-secret,redis:1", "redis:1 and 1 more")]
    [InlineData("redis://localhost", "localhost")]
    [InlineData("redis://ada:pass@very-secret:6379", "very-secret:6379")]
    [InlineData("redis://ada:pass@very@secret:6379", "one server that is not named here")]
    [InlineData("127.0.0.1,password=x", "127.0.0.1")]
    [InlineData("ssl=false,password=x,redis:6380", "redis:6380")]
    [InlineData("ssl=false,redis:6380,password=x,[::1]:3", "redis:6380, [::1]:3")]
    [InlineData("!/run/redis.sock,password=x", "/run/redis.sock")]
    public async Task A_server_without_a_port_is_named_only_if_it_is_localhost_or_an_address(string connectionString, string servers)
    {
        var store = NewImpatientStore(connectionString);
        Assert.StartsWith(
            $"Could not read a session from Redis at {servers}: ",
            (await FailureAsync(store)).Message,
            StringComparison.Ordinal
        );
    }

    protected override RedisSessionStore NewImpatientStore(string connectionString) =>
        new(new RedisSessionStoreOptions { ConnectionString = connectionString, OperationTimeout = TimeSpan.FromMilliseconds(1) });
}
