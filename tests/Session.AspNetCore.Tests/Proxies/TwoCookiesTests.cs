using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tests.Named;
using Yarp.ReverseProxy.Transforms;

namespace ServerSessions.Tests.Proxies;

/// <summary>A gateway and the backend behind it that each have sessions of their own, with other secrets and stores.</summary>
public sealed class TwoCookiesTests
{
    [Fact]
    public async Task With_two_names_each_counts_in_its_own_session()
    {
        await using var backend = await StartBackendAsync("backend.sid");
        await using var gateway = await StartGatewayAsync(backend);

        Assert.Equal("1 1", await CountAsync(gateway));
        Assert.Equal("2 2", await CountAsync(gateway));
    }

    [Fact]
    public async Task With_one_name_the_browser_keeps_the_backends_cookie_and_the_gateway_begins_again()
    {
        await using var backend = await StartBackendAsync("gateway.sid");
        await using var gateway = await StartGatewayAsync(backend);

        Assert.Equal("1 1", await CountAsync(gateway));
        Assert.Equal("1 2", await CountAsync(gateway));
    }

    [Fact]
    public async Task If_the_gateway_hides_its_cookie_and_the_backends_the_backend_has_no_session_and_the_gateway_keeps_its_own()
    {
        await using var backend = await StartBackendAsync("gateway.sid");
        await using var gateway = await StartGatewayAsync(backend, hidesCookies: true);

        Assert.Equal("1 1", await CountAsync(gateway));
        Assert.Equal("2 1", await CountAsync(gateway));
    }

    /// <summary>Returns how often the gateway and the backend have seen this browser.</summary>
    private static async Task<string> CountAsync(NamedApp gateway)
    {
        using var response = await gateway.Browser.GetAsync("/");
        return $"{response.Headers.GetValues("X-Gateway").Single()} {await response.BodyAsync()}";
    }

    private static Task<NamedApp> StartBackendAsync(string cookie) =>
        NamedApp.StartAsync(
            services => services.AddServerSessions(options => (options.Secret, options.Cookie.Name) = (NamedApp.AdminSecret, cookie)),
            static web =>
            {
                web.UseServerSessions();
                web.Run(static context => context.Response.WriteAsync(NamedApp.Count(context.GetServerSession())));
            }
        );

    private static Task<NamedApp> StartGatewayAsync(NamedApp backend, bool hidesCookies = false) =>
        NamedApp.StartAsync(
            services =>
            {
                services.AddServerSessions(static options => (options.Secret, options.Cookie.Name) = (NamedApp.Secret, "gateway.sid"));
                services.AddProxyTo(backend.Address).AddTransforms(transforms =>
                {
                    if (hidesCookies)
                    {
                        transforms.AddRequestHeaderRemove("Cookie");
                        transforms.AddResponseHeaderRemove("Set-Cookie");
                    }
                });
            },
            static web =>
            {
                web.UseRouting();
                web.UseServerSessions();
                web.Use(
                    static (context, next) =>
                    {
                        context.Response.Headers["X-Gateway"] = NamedApp.Count(context.GetServerSession());
                        return next(context);
                    }
                );
                web.MapReverseProxy();
            }
        );
}
