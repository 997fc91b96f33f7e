using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace ServerSessions.Tests.Proxies;

/// <summary>A YARP proxy whose routes lead to one server.</summary>
internal static class ProxyTo
{
    /// <summary>Adds the proxy. <c>MapReverseProxy()</c> maps it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="behind">The server behind it.</param>
    /// <param name="route">Changes each route.</param>
    /// <param name="paths">The path of each route, which is also its id. None: one route, which takes all paths.</param>
    public static IReverseProxyBuilder AddProxyTo(
        this IServiceCollection services,
        Uri behind,
        Func<RouteConfig, RouteConfig>? route = null,
        params string[] paths
    ) =>
        services
            .AddReverseProxy()
            .LoadFromMemory(
                [.. paths.DefaultIfEmpty("{**all}").Select(Route).Select(route ?? (static one => one))],
                [
                    new ClusterConfig
                    {
                        ClusterId = "behind",
                        Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = behind.ToString() } },
                    },
                ]
            );

    private static RouteConfig Route(string path) =>
        new()
        {
            RouteId = path,
            ClusterId = "behind",
            Match = new RouteMatch { Path = path },
        };
}
