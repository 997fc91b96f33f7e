using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Decides what happens to a request that another site caused: by the metadata of its endpoint, then by the options. Logs and counts
/// requests that are refused or get no session.
/// </summary>
internal sealed class CrossSitePolicy(
    ServerSessionOptions options,
    ServerSessionMetrics metrics,
    ILogger logger,
    TimeProvider timeProvider
)
{
    // Anyone can cause such requests from any page.
    private readonly RateLimitedWarning _refused = new(timeProvider);
    private readonly HashSet<string> _trusted = new(
        options.TrustedOrigins.Select(RequestOrigin.Normalize).OfType<string>(),
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Decides about a request whose session would be read next.</summary>
    public SessionCrossSite Decide(HttpContext context, EndpointRules rules)
    {
        var setting = Setting(rules);
        if (
            setting == SessionCrossSite.Allow
            || !RequestOrigin.CanChange(context.Request)
            || RequestOrigin.FindForeign(context.Request, _trusted) is not { } header
            || options.AllowCrossSite?.Invoke(context) == true
        )
        {
            return SessionCrossSite.Allow;
        }

        metrics.RefusedCrossSite();
        if (_refused.IsDue())
        {
            Log.CrossSiteRefused(logger, header);
        }

        return setting;
    }

    private SessionCrossSite Setting(EndpointRules rules) =>
        (rules & EndpointRules.CrossSite) switch
        {
            EndpointRules.CrossSiteAllowed => SessionCrossSite.Allow,
            EndpointRules.CrossSiteWithoutSession => SessionCrossSite.WithoutSession,
            EndpointRules.CrossSiteRefused => SessionCrossSite.Refuse,
            _ => options.CrossSite,
        };
}
