using System.Net;
using System.Text;
using ServerSessions.Testing;

namespace Demo.Tests;

/// <summary>What people copy from the demo holds against pages of other sites, robots and bodies of any kind.</summary>
public sealed class HardeningTests(RunningDemo demo) : IClassFixture<RunningDemo>
{
    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1")]
    public async Task A_form_that_a_page_of_another_site_sends_signs_nobody_in_or_out(string header, string value)
    {
        using var visitor = demo.NewBrowser();
        using var ada = demo.NewBrowser();
        await ada.PostAsync("/sign-in", ("user", "Ada"));
        var stored = CountSessions();

        foreach (var path in (string[])["/sign-in", "/tabs"])
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("user", "mallory")]);
            using var refused = await visitor.SendAsync(HttpMethod.Post, path, form, (header, value));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("another site", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var signOut = await ada.SendAsync(HttpMethod.Post, "/sign-out", null, (header, value));

        Assert.Equal(HttpStatusCode.Forbidden, signOut.StatusCode);
        Assert.Null(visitor.Cookie);
        Assert.Contains("signed in as <b>Ada</b>", await ada.GetAsync("/"), StringComparison.Ordinal);
        Assert.Equal(stored, CountSessions());
    }

    [Fact]
    public async Task A_form_of_the_demos_own_page_is_taken_by_either_header()
    {
        foreach (
            var header in ((string, string)[])
                [("Sec-Fetch-Site", "same-origin"), ("Origin", demo.Address.GetLeftPart(UriPartial.Authority))]
        )
        {
            using var browser = demo.NewBrowser();
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("user", "Ada")]);
            using var response = await browser.SendAsync(HttpMethod.Post, "/sign-in", form, header);
            Assert.Contains("Welcome, Ada", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_form_of_the_demos_own_page_is_taken_behind_a_proxy_that_names_the_default_port()
    {
        using var browser = demo.NewBrowser();
        using var response = await browser.SendAsync(
            HttpMethod.Post,
            "/tabs",
            null,
            ("Host", "demo.example:80"),
            ("Origin", "http://demo.example")
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("application/json", """{"user":"Ada"}""", 415)]
    [InlineData("text/plain", "user=Ada", 415)]
    [InlineData("multipart/form-data; boundary=x", "no part of that boundary", 400)]
    [InlineData("multipart/form-data", "no boundary", 400)]
    public async Task A_body_that_is_no_form_is_refused(string type, string body, int status)
    {
        using var browser = demo.NewBrowser();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await browser.SendAsync(HttpMethod.Post, "/sign-in", content);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Null(browser.Cookie);
    }

    [Fact]
    public async Task Every_response_tells_browsers_what_they_may_do_with_it()
    {
        using var browser = demo.NewBrowser();
        await browser.PostAsync("/sign-in", ("user", "Ada"));

        foreach (
            var (method, path, status) in ((HttpMethod, string, HttpStatusCode)[])
                [
                    (HttpMethod.Get, "/", HttpStatusCode.OK),
                    (HttpMethod.Get, "/tabs", HttpStatusCode.OK),
                    (HttpMethod.Get, "/devices", HttpStatusCode.OK),
                    (HttpMethod.Get, "/store", HttpStatusCode.OK),
                    (HttpMethod.Get, "/session", HttpStatusCode.OK),
                    (HttpMethod.Get, "/style.css", HttpStatusCode.OK),
                    (HttpMethod.Get, "/nowhere", HttpStatusCode.NotFound),
                    (HttpMethod.Put, "/tabs", HttpStatusCode.MethodNotAllowed),
                ]
        )
        {
            using var response = await browser.SendAsync(method, path);

            Assert.Equal((path, status), (path, response.StatusCode));
            AssertHeaders(response);
            Assert.Equal(path != "/style.css", response.Headers.CacheControl?.NoStore ?? false);
            var page = await response.Content.ReadAsStringAsync();
            Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
            Assert.DoesNotMatch("<script(?! src=\"/demo.js\" defer></script>)", page);
        }
    }

    [Fact]
    public async Task A_store_that_is_away_is_a_page_that_says_so()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var onRedis = await DemoProcess.StartOnAsync(redis.Url);
        using var browser = onRedis.NewBrowser();
        await browser.PostAsync("/sign-in", ("user", "Ada"));
        await redis.Process.KillAsync();

        using var response = await browser.SendAsync(HttpMethod.Get, "/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        AssertHeaders(response);
        Assert.True(response.Headers.CacheControl!.NoStore);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("The session store is away", page, StringComparison.Ordinal);
        Assert.DoesNotContain("signed in", page, StringComparison.Ordinal);
        Assert.DoesNotContain("switch", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", page, StringComparison.Ordinal);
    }

    private long CountSessions() => demo.Database.Query<long>("SELECT count(*) FROM sessions");

    private static void AssertHeaders(HttpResponseMessage response)
    {
        string Header(string name) => string.Join(',', response.Headers.GetValues(name));
        Assert.Equal(
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
                + "base-uri 'none'; frame-ancestors 'none'",
            Header("Content-Security-Policy")
        );
        Assert.Equal(("nosniff", "same-origin"), (Header("X-Content-Type-Options"), Header("Referrer-Policy")));
    }
}
