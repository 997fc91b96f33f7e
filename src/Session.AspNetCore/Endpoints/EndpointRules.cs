using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.StaticAssets;

namespace ServerSessions;

/// <summary>What the metadata of an endpoint says about the session of its requests.</summary>
[Flags]
internal enum EndpointRules : byte
{
    /// <summary>An ordinary session.</summary>
    None = 0,

    /// <summary>Requests have no session.</summary>
    NoSession = 1,

    ReadOnly = 2,

    /// <summary>The endpoint runs only with a session that exists.</summary>
    Required = 4,

    /// <summary>Requests do not extend the session.</summary>
    NotExtended = 8,

    /// <summary>The endpoint says itself what happens to requests from other sites. At most one of the three is set.</summary>
    CrossSiteAllowed = 16,
    CrossSiteWithoutSession = 32,
    CrossSiteRefused = 64,

    /// <summary>All rules about requests from other sites.</summary>
    CrossSite = CrossSiteAllowed | CrossSiteWithoutSession | CrossSiteRefused,
}

/// <summary>Reads <see cref="EndpointRules"/> from the metadata of an endpoint.</summary>
internal static class EndpointRulesReader
{
    /// <summary>
    /// Returns the rules of an endpoint for the sessions of a name; <see cref="EndpointRules.None"/> without an endpoint.
    /// </summary>
    public static EndpointRules Of(Endpoint? endpoint, string name)
    {
        if (endpoint is null)
        {
            return EndpointRules.None;
        }

        var rules =
            NeedsNoSession(endpoint) ? EndpointRules.NoSession
            // Over long polling an open page would keep its user signed in, and over a web socket it would not.
            : IsHub(endpoint) ? EndpointRules.NotExtended
            : EndpointRules.None;
        var all = endpoint.Metadata.GetOrderedMetadata<IServerSessionMetadata>();
        for (var i = 0; i < all.Count; i++)
        {
            rules = Apply(rules, all[i], name);
        }

        return rules;
    }

    /// <summary>Whether an endpoint has metadata about the session.</summary>
    public static bool IsDeclared(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IServerSessionMetadata>() is not null;

    /// <summary>
    /// Whether an endpoint has no use for a session: a static asset, or health checks. Health checks have no metadata of their own; their
    /// endpoint calls the middleware directly.
    /// </summary>
    public static bool NeedsNoSession(Endpoint endpoint) =>
        endpoint.RequestDelegate?.Target is HealthCheckMiddleware
        || endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;

    /// <summary>Whether an endpoint is one of a hub of SignalR: that of the connection, or that of the negotiation.</summary>
    public static bool IsHub(Endpoint endpoint) => endpoint.Metadata.GetMetadata<HubMetadata>() is not null;

    /// <summary>Returns the reason why the requests of an endpoint have no session, for the message of an exception.</summary>
    public static string ReasonFor(Endpoint? endpoint) =>
        endpoint is not null && NeedsNoSession(endpoint) && !IsDeclared(endpoint)
            ? "This request has no session: static assets and health checks have none. Call EnableServerSession() on the endpoint."
            : "This request has no session: its endpoint, group or class has the metadata DisableServerSession "
                + "(IServerSessionMetadata.IsEnabled is false). Remove it, or call EnableServerSession() on the endpoint.";

    private static EndpointRules Apply(EndpointRules rules, IServerSessionMetadata metadata, string name)
    {
        // A name says which session must exist. What makes it optional again does so for all.
        var isRequired = metadata.IsRequired == true && (metadata.Name ?? "") != name ? null : metadata.IsRequired;
        rules = metadata.IsEnabled switch
        {
            true => rules & ~EndpointRules.NoSession,
            false => (rules | EndpointRules.NoSession) & ~EndpointRules.Required,
            null => rules,
        };
        rules = Set(rules, EndpointRules.ReadOnly, metadata.IsReadOnly);
        rules = Set(rules, EndpointRules.Required, isRequired);
        rules = Set(rules, EndpointRules.NotExtended, !metadata.IsExtended);
        if (isRequired == true)
        {
            rules &= ~EndpointRules.NoSession;
        }

        return metadata.CrossSite is { } crossSite
            ? (rules & ~EndpointRules.CrossSite)
                | crossSite switch
                {
                    SessionCrossSite.Allow => EndpointRules.CrossSiteAllowed,
                    SessionCrossSite.WithoutSession => EndpointRules.CrossSiteWithoutSession,
                    _ => EndpointRules.CrossSiteRefused,
                }
            : rules;
    }

    private static EndpointRules Set(EndpointRules rules, EndpointRules rule, bool? value) =>
        value switch
        {
            true => rules | rule,
            false => rules & ~rule,
            null => rules,
        };
}
