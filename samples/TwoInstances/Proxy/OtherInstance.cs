using Yarp.ReverseProxy.Forwarder;

namespace TwoInstances.Proxy;

/// <summary>
/// Gives a request to another instance if the first one cannot be connected to, as while it restarts. That one has got nothing of it, so
/// this is right for a POST too.
/// </summary>
internal sealed class OtherInstance(RequestDelegate next)
{
    /// <summary>Forwards a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var untried = proxy.AvailableDestinations;
        await next(context);
        while (IsUnreached(context))
        {
            untried = [.. untried.Where(destination => destination != proxy.ProxiedDestination)];
            if (untried.Count == 0)
            {
                return;
            }

            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
            proxy.AvailableDestinations = untried;
            await next(context);
        }
    }

    private static bool IsUnreached(HttpContext context) =>
        !context.Response.HasStarted
        && context.GetForwarderErrorFeature()?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
}
