using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_connect_redis_where_it_has_one()
    {
        var options = new RedisSessionStoreOptions();
        Assert.Equal("sess:", options.Prefix);
        Assert.Equal(TimeSpan.FromSeconds(86400), options.DefaultLifetime);
        Assert.Equal(TimeSpan.FromSeconds(2), options.OperationTimeout);
        Assert.Equal(-1, options.Database);
        Assert.Equal(1000, options.ScanCount);
        Assert.Null(options.Multiplexer);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("  ", "is empty")]
    [InlineData("password=secret", "names no server")]
    [InlineData("localhost,secret=more", "part 2 of 2 is not understood")]
    [InlineData("localhost,password=sec,ret=x", "part 3 of 3 is not understood")]
    [InlineData("localhost,connectTimeout=secret", "part 2 of 2 is not understood")]
    [InlineData("http://secret@localhost", "starts with 'redis://'")]
    [InlineData("redis://:secret@", "names no host")]
    [InlineData("redis://:sec/ret@localhost", "names no host")]
    public void A_wrong_connection_string_is_refused_in_plain_words_and_not_repeated(string connectionString, string says)
    {
        var error = Refuses(options => options.ConnectionString = connectionString, says);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData(null)]
    [InlineData(
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345"
    )]
    public void A_wrong_prefix_is_refused(string? prefix) => Refuses(options => options.Prefix = prefix!, "Prefix");

    [Fact]
    public void Wrong_times_and_numbers_are_refused_and_all_of_them_are_named()
    {
        Refuses(options => options.DefaultLifetime = TimeSpan.Zero, "DefaultLifetime");
        Refuses(options => options.OperationTimeout = TimeSpan.Zero, "OperationTimeout");
        Refuses(options => options.OperationTimeout = Timeout.InfiniteTimeSpan, "OperationTimeout");
        Refuses(options => options.OperationTimeout = TimeSpan.FromMinutes(11), "OperationTimeout");
        Refuses(options => options.Database = -2, "Database");
        Refuses(options => options.ScanCount = 0, "ScanCount");
        Refuses(options => options.Prefix = "\ud800", "Prefix");

        var error = Refuses(options => (options.ScanCount, options.Database) = (100_001, -7), "ScanCount");
        Assert.Equal(2, error.Failures.Count());
    }

    private static OptionsValidationException Refuses(Action<RedisSessionStoreOptions> configure, string says)
    {
        var options = new RedisSessionStoreOptions { ConnectionString = "localhost" };
        configure(options);
        var error = Assert.Throws<OptionsValidationException>(() => new RedisSessionStore(options));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        return error;
    }
}
