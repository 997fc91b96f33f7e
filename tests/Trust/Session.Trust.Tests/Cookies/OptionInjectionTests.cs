using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>No text in an option becomes an attribute or a header of its own (T09).</summary>
public sealed class OptionInjectionTests
{
    public static TheoryData<string> Places => ["name", "path", "domain"];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_text_that_could_break_the_header_is_refused_at_start(string place)
    {
        var broken = Enumerable
            .Range(0, 0x20)
            .Append(0x7f)
            .Select(static control => $"/a{(char)control}b")
            .Concat([
                "/a; Secure",
                "/a;Domain=evil.example",
                "/a\r\nSet-Cookie: x=y",
                "/é",
                "/\u2028",
                "/a\ud800",
                "/" + new string('a', 5000),
                "a b.example",
                "a_b.example",
                "-a.example",
                "a..example",
            ])
            .Concat(
                place == "domain" ? ["a,b", "a/b", "a:80", "https://a", "[::1]", "*.example"]
                : place == "name" ? ["a b", "a,b", "a=b", "a/b", "a\"b", "a(b)", "a<b>", "{a}"]
                : ["/<script>"]
            );
        foreach (var text in broken)
        {
            // A path may hold what no name or domain may.
            if (place == "path" && !text.StartsWith('/'))
            {
                continue;
            }

            var error = await Record.ExceptionAsync(async () =>
            {
                await using var host = await TrustHost.StartAsync(new AskedStore(), options =>
                    Set(options, place, place == "path" ? text : text.TrimStart('/'))
                );
            });
            Assert.True(
                error is OptionsValidationException || Allowed(place, text),
                $"The {place} number {broken.ToList().IndexOf(text)} was accepted, or failed otherwise: {error?.GetType()}."
            );
        }
    }

    [Theory]
    [InlineData("path", "/a; Secure")]
    [InlineData("path", "/a\r\nX-Evil: 1")]
    [InlineData("domain", "a; Path=/evil")]
    [InlineData("domain", "a\r\nX-Evil: 1")]
    public async Task The_same_text_given_for_one_request_or_one_session_is_an_error_and_nothing_of_it_is_sent(string place, string text)
    {
        await using var perRequest = await TrustHost.StartAsync(new AskedStore(), options => options.CookiePerRequest = _ =>
            {
                var cookie = new SessionCookieOptions();
                Set(cookie, place, text);
                return cookie;
            });
        await using var perSession = await TrustHost.StartAsync(new AskedStore(), handler: context =>
        {
            var session = context.GetServerSession();
            session.Set("key", "value");
            (session.Cookie.Path, session.Cookie.Domain) = place == "path" ? (text, null) : ("/", text);
            return Task.CompletedTask;
        });
        foreach (var host in (TrustHost[])[perRequest, perSession])
        {
            var answer = await host.Client.SendAsync("/a/set", key: "key", value: "value");
            Assert.DoesNotContain("evil", answer.Headers, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Secure", string.Concat(answer.SetCookies), StringComparison.Ordinal);

            // Where the path of the request is not within such a path, there is no session, and so no error.
            Assert.True(
                answer.Status >= 500 && answer.SetCookies.All(static cookie => !cookie.Contains("evil", StringComparison.Ordinal)),
                $"{answer.Status}"
            );
        }
    }

    [Fact]
    public async Task The_framework_sees_no_break_in_the_longest_cookie_that_may_be_sent()
    {
        var sid = string.Concat(Enumerable.Repeat("€", Sid.MaxLength));
        var store = new StorePlace("memory", "").Open();
        await using var host = await TrustHost.StartAsync(store, options =>
            (options.GenerateSid, options.EnforceCookieRules) = (_ => sid, false)
        );

        // The value of the longest id is all escapes, 9 for each of its characters; browsers may drop it, servers must not choke on it.
        var written = await host.Client.SendAsync("/set", key: "key", value: LeakCollector.Payload);
        Assert.Equal(sid, Answer.SidOf(written.TheCookie));
        Assert.Equal(LeakCollector.Payload, (await host.Client.SendAsync("/get", written.TheCookie, "key")).Body);
    }

    private static bool Allowed(string place, string text) =>
        place switch
        {
            // Underscores, hyphens and dots anywhere are letters of a token.
            "name" => text is "a_b.example" or "-a.example" or "a..example",
            _ => false,
        };

    private static void Set(ServerSessionOptions options, string place, string text)
    {
        if (place == "name")
        {
            options.Cookie.Name = text;
        }
        else
        {
            Set(options.Cookie, place, text);
        }
    }

    private static void Set(SessionCookieOptions cookie, string place, string text)
    {
        if (place == "path")
        {
            cookie.Path = text;
        }
        else
        {
            cookie.Domain = text;
        }
    }
}
