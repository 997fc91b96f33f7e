namespace ServerSessions.Stores.Tests;

public sealed class StoreUrlTests
{
    [Fact]
    public void Every_part_is_decoded()
    {
        var url = StoreUrl.Parse("acme://us%65r:p%40ss%2F%3A@db1:33,[::1]:44/my%20app?tls=yes&a%3Db=c%26d&of=a%40b&flag\n");

        Assert.Equal("acme", url.Scheme);
        Assert.Equal("user", url.User);
        Assert.Equal("p@ss/:", url.Password);
        Assert.Equal("my app", url.Path);
        Assert.Equal([("db1", 33), ("::1", 44)], url.Hosts());
        Assert.Equal(
            [
                KeyValuePair.Create("tls", "yes"),
                KeyValuePair.Create("a=b", "c&d"),
                KeyValuePair.Create("of", "a@b"),
                KeyValuePair.Create("flag", ""),
            ],
            url.Parameters
        );
    }

    [Theory]
    [InlineData("acme://host", null, null, null)]
    [InlineData("acme://@host/", null, null, "")]
    [InlineData("acme://user@host", "user", null, null)]
    [InlineData("acme://:secret@host", null, "secret", null)]
    [InlineData("acme://user:@host", "user", "", null)]
    [InlineData("acme://user:a:b@c@host", "user", "a:b@c", null)]
    public void What_is_missing_is_null(string text, string? user, string? password, string? path)
    {
        var url = StoreUrl.Parse(text);

        Assert.Equal((user, password, path), (url.User, url.Password, url.Path));
        Assert.Equal([("host", null)], url.Hosts());
        Assert.Empty(url.Parameters);
    }

    [Theory]
    [InlineData("hunter2", "has no '://'")]
    [InlineData("acme://user:hun#ter2@host", "contains '#'")]
    [InlineData("acme://user:hun/ter2@host", "has an '@' after the first '/' or '?'")]
    [InlineData("acme://user:hun?ter2@host", "has an '@' after the first '/' or '?'")]
    [InlineData("acme://user:p@hun?ter2@host", "has an '@' after the first '/' or '?'")]
    [InlineData("acme://user:p@hun?ter2@host/path?x=1", "has an '@' after the first '/' or '?'")]
    [InlineData("acme://user:p@hun?te=r2@host", "has an '@' after the first '/' or '?'")]
    [InlineData("acme://user:p@hun?a=ter2@host/path?x=1", "has an '@' after the first '/' or '?'")]
    [InlineData("acme://user:p@hun:12?a=1&b=ter2@host", "has an '@' after the first '/' or '?'")]
    [InlineData("acme://user:p@hun/a?b=ter2@host", "has an '@' after the first '/' or '?'")]
    [InlineData("acme://hun?a=ter2@host", "has an '@' after the first '/' or '?'")]
    [InlineData("acme://user:hun%ter2@host", "has a '%' in its password")]
    [InlineData("acme://us%er:hunter2@host", "has a '%' in its user")]
    [InlineData("acme://host/%zz", "has a '%' in its path")]
    [InlineData("acme://host?a=%2", "has a '%' in its parameters")]
    public void What_is_malformed_is_refused_and_not_repeated(string text, string message)
    {
        var error = Assert.Throws<StoreUrlException>(() => StoreUrl.Parse(text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hun", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme://")]
    [InlineData("acme://host,")]
    [InlineData("acme://ho st")]
    [InlineData("acme://::1")]
    [InlineData("acme://[::1%25a b]")]
    [InlineData("acme://[host]:1:2")]
    public void A_host_that_is_none_is_refused(string text)
    {
        var error = Assert.Throws<StoreUrlException>(() => StoreUrl.Parse(text).Hosts());

        Assert.Contains("has no host", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme://host:0")]
    [InlineData("acme://host:65536")]
    [InlineData("acme://host:hunter2")]
    [InlineData("acme://host:")]
    [InlineData("acme://host:+1")]
    public void A_port_that_is_none_is_refused(string text)
    {
        var error = Assert.Throws<StoreUrlException>(() => StoreUrl.Parse(text).Hosts());

        Assert.Contains("no number from 1 to 65535", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }
}
