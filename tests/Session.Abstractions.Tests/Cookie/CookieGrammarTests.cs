using System.Text.RegularExpressions;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookie;

/// <summary>The grammar of the npm package cookie 0.7.2, whose expressions these are.</summary>
public sealed partial class CookieGrammarTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a b=c>~:")]
    [InlineData("no slash")]
    [InlineData(null)]
    public void A_path_is_printable_ascii(string? path) => Assert.Equal(path, new SessionCookie(TimeProvider.System) { Path = path }.Path);

    [Theory]
    [InlineData("/a;b")]
    [InlineData("/<")]
    [InlineData("/\n")]
    [InlineData("/\u007f")]
    [InlineData("/é")]
    [InlineData("/a\0")]
    public void Any_other_path_is_refused_and_the_old_one_stays(string path)
    {
        var cookie = new SessionCookie(TimeProvider.System);
        Assert.Throws<ArgumentException>(() => cookie.Path = path);
        Assert.Equal("/", cookie.Path);
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData(".example.com")]
    [InlineData("localhost")]
    [InlineData("A-1.b-2.C")]
    [InlineData("127.0.0.1")]
    [InlineData("xn--e1afmkfd.example")]
    [InlineData(null)]
    public void A_domain_is_labels_and_dots(string? domain) =>
        Assert.Equal(domain, new SessionCookie(TimeProvider.System) { Domain = domain }.Domain);

    [Theory]
    [InlineData(".")]
    [InlineData("..a")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.-b")]
    [InlineData("a_b")]
    [InlineData("a b")]
    [InlineData("example.com:80")]
    [InlineData("[::1]")]
    [InlineData("é.example")]
    [InlineData("\u212aelvin.example")]
    [InlineData("a.b\n")]
    public void Any_other_domain_is_refused_and_the_old_one_stays(string domain)
    {
        var cookie = new SessionCookie(TimeProvider.System) { Domain = "old.example" };
        Assert.Throws<ArgumentException>(() => cookie.Domain = domain);
        Assert.Equal("old.example", cookie.Domain);
    }

    [Fact]
    public void A_label_has_at_most_63_characters()
    {
        var label = new string('a', 63);
        Assert.NotNull(new SessionCookie(TimeProvider.System) { Domain = $"{label}.{label}" });
        Assert.Throws<ArgumentException>(() => new SessionCookie(TimeProvider.System) { Domain = $"a.{label}a" });
    }

    [Fact]
    public void Random_texts_are_taken_exactly_where_the_expressions_of_the_package_take_them()
    {
        const string Alphabet = "aZ09-.. ;<=:/é\u007f~\n";
        for (var seed = 1; seed <= 20_000; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, 1 + random.Next(6)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var cookie = new SessionCookie(TimeProvider.System);
            Assert.True((Record.Exception(() => cookie.Domain = text) is null) == PackageDomain().IsMatch(text), $"Seed {seed}: domain.");
            Assert.True((Record.Exception(() => cookie.Path = text) is null) == PackagePath().IsMatch(text), $"Seed {seed}: path.");
        }
    }

    // \z, as .NET's $ also matches in front of a last line feed and JavaScript's does not.
    [GeneratedRegex(
        @"^([.]?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex PackageDomain();

    [GeneratedRegex(@"^[\u0020-\u003A\u003D-\u007E]*\z")]
    private static partial Regex PackagePath();
}
