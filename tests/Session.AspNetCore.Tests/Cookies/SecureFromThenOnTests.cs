using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Time.Testing;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookies;

/// <summary>What <c>Auto</c> means for a session that is used over http and over https.</summary>
public sealed class SecureFromThenOnTests
{
    public static TheoryData<string> Ways => ["/sign-in", "/renew", "/write", "/roll", "/flush"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_cookie_that_is_sent_over_https_is_Secure_from_then_on(string way)
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(way, SessionCookieSecure.Auto, store);
        using var begin = await app.ForwardedAsync("/begin", proto: "http");
        Assert.DoesNotContain("Secure", begin.SetCookie(), StringComparison.Ordinal);

        using var over = await app.ForwardedAsync(way, begin.Cookie(), "https");
        using var next = await app.ForwardedAsync(way, over.Cookie(), "https");
        using var inClear = await app.ForwardedAsync("/write", next.Cookie(), "http");

        Assert.Contains("; Secure;", over.SetCookie(), StringComparison.Ordinal);
        Assert.Contains("; Secure;", next.SetCookie(), StringComparison.Ordinal);
        Assert.Null(inClear.SetCookie());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task It_is_stored_with_the_session(string way)
    {
        using var store = new RecordingStore();
        string cookie;
        await using (var app = await StartAsync(way, SessionCookieSecure.Auto, store))
        {
            using var begin = await app.ForwardedAsync("/begin", proto: "http");
            using var over = await app.ForwardedAsync(way, begin.Cookie(), "https");
            cookie = over.Cookie();
        }

        // Another instance, which has only the store to know it from.
        await using var other = await StartAsync(way, SessionCookieSecure.Auto, store);
        using var inClear = await other.ForwardedAsync("/secure", cookie, "http");

        Assert.Equal("True", await inClear.BodyAsync());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task With_AutoOnce_it_is_as_the_session_was_made_as_in_express_session(string way)
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(way, SessionCookieSecure.AutoOnce, store);
        using var begin = await app.ForwardedAsync("/begin", proto: "http");

        using var over = await app.ForwardedAsync(way, begin.Cookie(), "https");

        // A session that is given a new cookie is made now.
        Assert.Equal(way == "/renew", over.SetCookie()!.Contains("Secure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_SameSiteAuto_left_open_over_http_is_None_with_the_Secure_cookie()
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync("/roll", SessionCookieSecure.Auto, store, sameSiteAuto: true);
        using var begin = await app.ForwardedAsync("/begin", proto: "http");
        using var over = await app.ForwardedAsync("/roll", begin.Cookie(), "https");
        using var strict = await app.ForwardedAsync("/strict", begin.Cookie(), "http");
        using var strictOver = await app.ForwardedAsync("/roll", begin.Cookie(), "https");

        Assert.EndsWith("; SameSite=Lax", begin.SetCookie(), StringComparison.Ordinal);
        Assert.EndsWith("; Secure; SameSite=None", over.SetCookie(), StringComparison.Ordinal);
        Assert.EndsWith("; Secure; SameSite=Strict", strictOver.SetCookie(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/none")]
    [InlineData("/none-and-save")]
    [InlineData("/none-and-sign-in")]
    public async Task What_takes_a_Secure_cookie_can_be_set_over_https_on_a_session_that_began_over_http(string way)
    {
        using var store = new RecordingStore();
        await using var app = await StartAsync(way, SessionCookieSecure.Auto, store);
        using var begin = await app.ForwardedAsync("/begin", proto: "http");
        using var inClear = await app.ForwardedAsync(way, begin.Cookie(), "http");
        using var over = await app.ForwardedAsync(way, begin.Cookie(), "https");

        Assert.Equal((500, 200), ((int)inClear.StatusCode, (int)over.StatusCode));
        Assert.EndsWith("; Secure; SameSite=None", over.SetCookie(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SessionProxy.FromRequest, true)]
    [InlineData(SessionProxy.TrustForwardedProto, true)]
    [InlineData(SessionProxy.ConnectionOnly, false)]
    public async Task With_ConnectionOnly_TLS_on_the_connection_counts_alone_whatever_a_middleware_in_front_has_found(
        SessionProxy proxy,
        bool secure
    )
    {
        await using var app = await TestApp.StartAsync(
            static context =>
            {
                context.GetServerSession().Set("n", 1);
                return Task.CompletedTask;
            },
            options => options.Proxy = proxy,
            before: static app =>
                app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto })
        );

        // The forwarded headers' middleware takes the header off, so that only the original one is left to TrustForwardedProto.
        using var response = await app.ForwardedAsync("/", proto: "https, https");

        Assert.Equal(secure, response.SetCookie()!.Contains("; Secure", StringComparison.Ordinal));
    }

    private static Task<TestApp> StartAsync(string way, SessionCookieSecure secure, ISessionStore store, bool sameSiteAuto = false) =>
        TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                switch (context.Request.Path.Value)
                {
                    case "/begin":
                        session.Set("n", 1);
                        break;
                    case "/sign-in":
                        await session.RenewForSignInAsync();
                        break;
                    case "/renew":
                        await session.RegenerateAsync();
                        session.Set("n", 1);
                        break;
                    case "/write":
                        session.Set("at", context.TraceIdentifier);
                        break;
                    case "/strict":
                        session.Cookie.SameSite = SessionSameSite.Strict;
                        session.Set("strict", true);
                        break;
                    case "/none" or "/none-and-save" or "/none-and-sign-in":
                        session.Cookie.SameSite = SessionSameSite.None;
                        session.Set("none", true);
                        await (
                            context.Request.Path.Value switch
                            {
                                "/none-and-save" => session.SaveAsync(),
                                "/none-and-sign-in" => session.RenewForSignInAsync(),
                                _ => ValueTask.CompletedTask,
                            }
                        );
                        break;
                    case "/secure":
                        await context.Response.WriteAsync($"{session.Cookie.Secure}");
                        break;
                    case "/flush":
                        await context.Response.WriteAsync("first");
                        await context.Response.Body.FlushAsync();
                        break;
                }
            },
            options =>
            {
                options.Proxy = SessionProxy.TrustForwardedProto;
                options.Rolling = way is "/roll" or "/flush";
                options.Cookie.MaxAge = TimeSpan.FromHours(1);
                options.Cookie.Secure = secure;
                options.Cookie.SameSiteAuto = sameSiteAuto;
            },
            store,
            time: new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60))
        );
}
