using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tests.Named;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace ServerSessions.Tests.Proxies;

/// <summary>An application behind a YARP proxy that ends TLS, with YARP's defaults unless a test says otherwise.</summary>
public sealed class BehindYarpTests
{
    private const ForwardedHeaders Forwarded =
        ForwardedHeaders.XForwardedFor
        | ForwardedHeaders.XForwardedProto
        | ForwardedHeaders.XForwardedHost
        | ForwardedHeaders.XForwardedPrefix;

    [Theory]
    [InlineData(Forwarded, SessionProxy.FromRequest)]
    [InlineData(ForwardedHeaders.None, SessionProxy.TrustForwardedProto)]
    public async Task Over_https_at_the_proxy_the_cookie_is_Secure_and_SameSite_may_be_None(ForwardedHeaders restored, SessionProxy proxy)
    {
        await using var app = await StartAsync(restored, options => (options.Proxy, options.Cookie.SameSiteAuto) = (proxy, true));
        await using var front = await StartProxyAsync(app, isHttps: true);

        using var response = await front.Browser.GetAsync("/");

        Assert.Contains("; Secure", response.SetCookie(), StringComparison.Ordinal);
        Assert.Contains("; SameSite=None", response.SetCookie(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Forwarded, SessionProxy.FromRequest)]
    [InlineData(ForwardedHeaders.None, SessionProxy.TrustForwardedProto)]
    public async Task Over_http_at_the_proxy_it_is_neither(ForwardedHeaders restored, SessionProxy proxy)
    {
        await using var app = await StartAsync(restored, options => (options.Proxy, options.Cookie.SameSiteAuto) = (proxy, true));
        await using var front = await StartProxyAsync(app, isHttps: false);

        // YARP replaces what a client claims.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var response = await front.Browser.SendAsync(request);

        Assert.DoesNotContain("; Secure", response.SetCookie(), StringComparison.Ordinal);
        Assert.Contains("; SameSite=Lax", response.SetCookie(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_that_must_be_Secure_is_held_back_until_the_scheme_is_restored_and_a_warning_says_so()
    {
        await using var app = await StartAsync(ForwardedHeaders.None, static options => options.Cookie.Secure = SessionCookieSecure.Always);
        await using var front = await StartProxyAsync(app, isHttps: true);

        using var response = await front.Browser.GetAsync("/");

        Assert.Null(response.SetCookie());
        Assert.Equal(1, app.Logs.Count("SecureCookieOverHttp"));
    }

    [Fact]
    public async Task A_prefix_that_is_the_proxys_path_base_counts_for_the_cookies_path()
    {
        await using var app = await StartAsync(Forwarded, static options => options.Cookie.Path = "/shop");
        await using var front = await StartProxyAsync(app, isHttps: true, pathBase: "/shop");

        await AssertCountsAsync(front, "/shop/cart");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_prefix_that_a_route_removes_counts_if_the_route_also_sends_it(bool sendsPrefix)
    {
        await using var app = await StartAsync(Forwarded, static options => options.Cookie.Path = "/shop");
        await using var front = await StartProxyAsync(
            app,
            isHttps: true,
            route: route =>
            {
                route = (route with { Match = new RouteMatch { Path = "/shop/{**rest}" } }).WithTransformPathRemovePrefix("/shop");
                return sendsPrefix
                    ? route
                        .WithTransformXForwarded(xPrefix: ForwardedTransformActions.Off)
                        .WithTransformRequestHeader("X-Forwarded-Prefix", "/shop", append: false)
                    : route;
            }
        );

        if (sendsPrefix)
        {
            await AssertCountsAsync(front, "/shop/cart");
            return;
        }

        using var response = await front.Browser.GetAsync("/shop/cart");
        Assert.Equal(500, (int)response.StatusCode);
        Assert.Contains("its path is not within Cookie.Path", app.Logs.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Forwarded, false, 200)]
    [InlineData(ForwardedHeaders.None, true, 200)]
    [InlineData(ForwardedHeaders.None, false, 403)]
    public async Task A_form_of_the_site_itself_is_known_by_its_origin_if_the_host_is_restored(
        ForwardedHeaders restored,
        bool keepsHost,
        int expected
    )
    {
        await using var app = await StartAsync(restored, static options => options.CrossSite = SessionCrossSite.Refuse);
        await using var front = await StartProxyAsync(
            app,
            isHttps: true,
            route: route => keepsHost ? route.WithTransformUseOriginalHostHeader() : route
        );

        async Task<int> PostAsync(string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/");
            request.Headers.Host = "shop.example";
            request.Headers.Add("Origin", origin);
            using var response = await front.Browser.SendAsync(request);
            return (int)response.StatusCode;
        }

        Assert.Equal((expected, 403), (await PostAsync("https://shop.example"), await PostAsync("https://evil.example")));
    }

    private static async Task AssertCountsAsync(NamedApp front, string path)
    {
        using var first = await front.Browser.GetAsync(path);
        Assert.Contains("; Path=/shop;", first.SetCookie(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Cookie", first.Cookie());
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = front.Address };
        using var second = await client.SendAsync(request);
        Assert.Equal(("1", "2"), (await first.BodyAsync(), await second.BodyAsync()));
    }

    private static Task<TestApp> StartAsync(ForwardedHeaders restored, Action<ServerSessionOptions> options) =>
        TestApp.StartAsync(
            static context => context.Response.WriteAsync(NamedApp.Count(context.GetServerSession())),
            options,
            before: app => app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = restored })
        );

    private static Task<NamedApp> StartProxyAsync(
        TestApp behind,
        bool isHttps,
        string pathBase = "",
        Func<RouteConfig, RouteConfig>? route = null
    ) =>
        NamedApp.StartAsync(
            services => services.AddProxyTo(behind.Address, route),
            web =>
            {
                web.Use(
                    (context, next) =>
                    {
                        // As if the proxy had ended TLS.
                        context.Request.Scheme = isHttps ? "https" : "http";
                        return next(context);
                    }
                );
                web.UsePathBase(pathBase);
                web.UseRouting();
                web.MapReverseProxy();
            }
        );
}
