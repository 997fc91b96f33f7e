using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Tests.Endpoints;

namespace ServerSessions.Tests.CrossSite;

/// <summary>A request that another site caused and that could change something.</summary>
public sealed class CrossSiteTests
{
    private static readonly (string, string)[] FromElsewhere = [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")];

    public static TheoryData<string, string?, string?, bool> Requests =>
        new()
        {
            // What current browsers say counts alone.
            { "POST", "same-origin", "https://shop.example", true },
            { "POST", "same-origin", "null", true },
            { "POST", "none", null, true },
            { "POST", "cross-site", "https://evil.example", false },
            { "POST", "cross-site", "https://shop.example", false },
            { "POST", "same-site", "https://blog.shop.example", false },
            { "POST", "Same-Origin", null, false },
            { "POST", "a word of the future", null, false },
            { "PUT", "cross-site", null, false },
            { "PATCH", "cross-site", null, false },
            { "DELETE", "cross-site", null, false },
            { "MKCOL", "cross-site", null, false },
            // Reading is left to the browser.
            { "GET", "cross-site", "https://evil.example", true },
            { "HEAD", "cross-site", null, true },
            { "OPTIONS", "cross-site", "https://evil.example", true },
            { "QUERY", "cross-site", "https://evil.example", true },
            // Without that header the origin is compared with the host.
            { "POST", null, "https://shop.example", true },
            { "POST", null, "http://shop.example", true },
            { "POST", null, "HTTPS://SHOP.example", true },
            { "POST", null, "https://shop.example:443", true },
            { "POST", null, "https://shop.example:8443", false },
            { "POST", null, "https://blog.shop.example", false },
            { "POST", null, "https://shop.example.evil.example", false },
            { "POST", null, "https://evil.example", false },
            { "POST", null, "null", false },
            { "POST", null, "moz-extension://0a1b", false },
            { "POST", null, "shop.example", false },
            // No browser of today sends neither.
            { "POST", null, null, true },
            // Trusted.
            { "POST", "same-site", "https://app.shop.example", true },
            { "POST", "cross-site", "https://partner.example:8443", true },
            { "POST", null, "https://app.shop.example", true },
            { "POST", "cross-site", "https://partner.example", false },
            { "POST", "cross-site", "http://app.shop.example", false },
        };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_is_refused_if_another_site_caused_it_and_it_could_change_something(
        string method,
        string? site,
        string? origin,
        bool isAllowed
    )
    {
        foreach (var setting in new[] { SessionCrossSite.Refuse, SessionCrossSite.WithoutSession, SessionCrossSite.Allow })
        {
            await using var app = await StartAsync(options =>
            {
                options.CrossSite = setting;
                options.TrustedOrigins.Add("https://app.shop.example");
                options.TrustedOrigins.Add("https://Partner.example:8443");
            });
            var cookie = await app.SignInAsync();

            using var response = await app.SendAsync(method, "/note", cookie, Headers(site, origin));

            var isRefused = !isAllowed && setting == SessionCrossSite.Refuse;
            var hasSession = isAllowed || setting == SessionCrossSite.Allow;
            Assert.Equal(isRefused ? HttpStatusCode.Forbidden : HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(hasSession, app.Recorded.Calls.Contains("set"));
            Assert.Equal(hasSession, app.Recorded.Calls.Length > 0);
            if (!isRefused && method != "HEAD")
            {
                Assert.Equal(hasSession ? "note of ada" : "no session", await response.BodyAsync());
            }
        }
    }

    [Fact]
    public async Task A_refusal_is_a_problem_that_no_cache_keeps_and_sets_no_cookie()
    {
        await using var app = await StartAsync(static options => (options.CrossSite, options.Rolling) = (SessionCrossSite.Refuse, true));
        var cookie = await app.SignInAsync();

        using var response = await app.SendAsync("POST", "/note", cookie, FromElsewhere);

        Assert.Equal((HttpStatusCode.Forbidden, "no-store"), (response.StatusCode, response.Headers.CacheControl!.ToString()));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("another site", await response.BodyAsync(), StringComparison.Ordinal);
        Assert.Null(response.SetCookie());
    }

    [Fact]
    public async Task A_visitor_cannot_be_signed_in_from_another_site_as_somebody_else()
    {
        await using var app = await StartAsync(static options => options.CrossSite = SessionCrossSite.WithoutSession);

        using var find = await app.SendAsync("POST", "/note", null, FromElsewhere);
        using var get = await app.SendAsync("POST", "/insists", null, FromElsewhere);
        using var required = await app.SendAsync("POST", "/required", await app.SignInAsync(), FromElsewhere);

        Assert.Equal(("no session", (string?)null), (await find.BodyAsync(), find.SetCookie()));
        Assert.Equal(HttpStatusCode.InternalServerError, get.StatusCode);
        Assert.Contains("it comes from another site", await get.BodyAsync(), StringComparison.Ordinal);
        Assert.Null(get.SetCookie());
        Assert.Equal(HttpStatusCode.Unauthorized, required.StatusCode);
    }

    [Theory]
    [InlineData("/callback", HttpStatusCode.OK, "note of ada")]
    [InlineData("/path-of-a-handler", HttpStatusCode.OK, "note of ada")]
    [InlineData("/webhook", HttpStatusCode.OK, "no session")]
    [InlineData("/without", HttpStatusCode.OK, "no session")]
    [InlineData("/note", HttpStatusCode.Forbidden, null)]
    public async Task Metadata_and_a_function_make_exceptions(string path, HttpStatusCode status, string? body)
    {
        await using var app = await StartAsync(static options =>
        {
            options.CrossSite = SessionCrossSite.Refuse;
            options.AllowCrossSite = static context => context.Request.Path == "/path-of-a-handler";
        });
        var cookie = await app.SignInAsync();

        using var response = await app.SendAsync("POST", path, cookie, FromElsewhere);

        Assert.Equal(status, response.StatusCode);
        if (body is not null)
        {
            Assert.Equal(body, await response.BodyAsync());
        }
    }

    [Fact]
    public async Task An_endpoint_can_refuse_where_the_application_does_not()
    {
        var asked = 0;
        await using var app = await StartAsync(options =>
            options.AllowCrossSite = _ =>
            {
                asked++;
                return false;
            }
        );

        using var refused = await app.SendAsync("POST", "/strict", await app.SignInAsync(), FromElsewhere);
        using var allowed = await app.SendAsync("POST", "/note", await app.SignInAsync(), FromElsewhere);
        using var own = await app.SendAsync("POST", "/strict", await app.SignInAsync(), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.OK),
            (refused.StatusCode, allowed.StatusCode, own.StatusCode)
        );
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Refusals_are_counted_each_and_logged_once_a_minute_without_what_the_client_sent()
    {
        await using var app = await StartAsync(static options => options.CrossSite = SessionCrossSite.Refuse);
        var cookie = await app.SignInAsync();
        var counted = new List<long>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        var meters = app.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name == "server_session.cross_site.refused")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => counted.Add(value));
        listener.Start();

        for (var i = 0; i < 3; i++)
        {
            using var response = await app.SendAsync("POST", "/note", cookie, FromElsewhere);
        }

        Assert.Equal([1, 1, 1], counted);
        var line = Assert.Single(app.Logs.Lines, static line => line.Event.Name == "CrossSiteRefused");
        Assert.Contains("Sec-Fetch-Site", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Behind_a_proxy_the_host_is_the_one_that_UseForwardedHeaders_restores(bool isRestored, bool isAllowed)
    {
        await using var app = await StartAsync(
            static options => options.CrossSite = SessionCrossSite.Refuse,
            app =>
            {
                if (isRestored)
                {
                    app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedHost });
                }

                app.UseServerSessions();
            }
        );

        using var response = await app.SendAsync(
            "POST",
            "/note",
            await app.SignInAsync(),
            ("Host", "internal:8080"),
            ("X-Forwarded-Host", "shop.example"),
            ("Origin", "https://shop.example")
        );

        Assert.Equal(isAllowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_page_for_the_status_of_a_refusal_has_no_session()
    {
        await using var app = await StartAsync(
            static options => options.CrossSite = SessionCrossSite.Refuse,
            static app =>
            {
                app.UseStatusCodePagesWithReExecute("/page");
                app.UseServerSessions();
            }
        );

        using var response = await app.SendAsync("POST", "/note", await app.SignInAsync(), FromElsewhere);

        Assert.Equal((HttpStatusCode.Forbidden, "no session"), (response.StatusCode, await response.BodyAsync()));
        Assert.Empty(app.Recorded.Calls);
    }

    [Fact]
    public async Task An_error_page_of_an_endpoint_without_a_session_is_not_a_way_around()
    {
        await using var app = await StartAsync(
            static options => options.CrossSite = SessionCrossSite.Refuse,
            static app =>
            {
                app.UseStatusCodePagesWithReExecute("/page");
                app.UseServerSessions();
            }
        );

        using var response = await app.SendAsync("POST", "/webhook/missing", await app.SignInAsync(), FromElsewhere);

        Assert.NotEqual("note of ada", await response.BodyAsync());
        Assert.Empty(app.Recorded.Calls);
    }

    [Fact]
    public void The_strict_defaults_refuse_requests_from_other_sites()
    {
        Assert.Equal(SessionCrossSite.Allow, new ServerSessionOptions().CrossSite);
        Assert.Equal(SessionCrossSite.Refuse, Options(static _ => { }).CrossSite);
        Assert.Equal(
            SessionCrossSite.WithoutSession,
            Options(static options => options.CrossSite = SessionCrossSite.WithoutSession).CrossSite
        );

        static ServerSessionOptions Options(Action<ServerSessionOptions> configure)
        {
            var services = new ServiceCollection();
            services
                .AddServerSessions(options =>
                {
                    options.Secret = TestApp.Secret;
                    configure(options);
                })
                .UseStrictDefaults();
            using var provider = services.BuildServiceProvider();
            return provider.GetRequiredService<IOptions<ServerSessionOptions>>().Value;
        }
    }

    [Theory]
    [InlineData("app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://app.example.com/path")]
    [InlineData("https://app.example.com?")]
    [InlineData("https://*.example.com")]
    [InlineData("ftp://app.example.com")]
    [InlineData("null")]
    [InlineData("")]
    public async Task An_origin_that_no_browser_sends_stops_the_start(string origin)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options => options.TrustedOrigins.Add(origin)));

        Assert.Contains("TrustedOrigins[0]", error.Message, StringComparison.Ordinal);
    }

    private static (string, string)[] Headers(string? site, string? origin) =>
        [
            ("Host", "shop.example"),
            .. site is null ? [] : new[] { ("Sec-Fetch-Site", site) },
            .. origin is null ? [] : new[] { ("Origin", origin) },
        ];

    private static Task<EndpointSite> StartAsync(Action<ServerSessionOptions>? options = null, Action<WebApplication>? middleware = null) =>
        EndpointSite.StartAsync(
            static app =>
            {
                app.Map("/note", Note);
                app.Map("/insists", static (ServerSession session) => session.Set("n", 1));
                app.Map("/required", Note).RequireServerSession();
                app.Map("/page", Note);
                app.Map("/webhook/missing", static () => Results.NotFound()).DisableServerSession();
                app.Map("/callback", Note).CrossSiteServerSession(SessionCrossSite.Allow);
                app.Map("/strict", Note).CrossSiteServerSession(SessionCrossSite.Refuse);
                app.Map("/without", Note).CrossSiteServerSession(SessionCrossSite.WithoutSession);
                app.Map("/webhook", Note).DisableServerSession();
                app.Map("/path-of-a-handler", Note);
            },
            options,
            middleware: middleware
        );

    private static string Note(HttpContext context)
    {
        if (context.FindServerSession() is not { } session)
        {
            return "no session";
        }

        session.Set("note", context.TraceIdentifier);
        return $"note of {session.Get<string>("user")}";
    }
}
