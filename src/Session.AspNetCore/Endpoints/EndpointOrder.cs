using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace ServerSessions;

/// <summary>
/// Makes sure that metadata about the session is observed. Replaces an endpoint that has such metadata by one that first checks that the
/// session middleware has applied it. Without the check, an endpoint that requires a session would run without one.
/// </summary>
internal sealed class EndpointOrder : MatcherPolicy, IEndpointSelectorPolicy
{
    // An endpoint lives as long as its data source; its replacement lives as long as the endpoint.
    private readonly ConditionalWeakTable<Endpoint, Endpoint> _checked = [];

    /// <summary>Last, because other policies replace endpoints too.</summary>
    public override int Order => int.MaxValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        ContainsDynamicEndpoints(endpoints) || endpoints.Any(EndpointRulesReader.IsDeclared);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && candidates[i].Endpoint is { } endpoint && EndpointRulesReader.IsDeclared(endpoint))
            {
                candidates.ReplaceEndpoint(i, _checked.GetValue(endpoint, Check), candidates[i].Values);
            }
        }

        return Task.CompletedTask;
    }

    private static Endpoint Check(Endpoint endpoint)
    {
        if (endpoint.RequestDelegate is not { } run)
        {
            return endpoint;
        }

        string[] required =
        [
            .. endpoint
                .Metadata.GetOrderedMetadata<IServerSessionMetadata>()
                .Where(static metadata => metadata.IsRequired == true)
                .Select(static metadata => metadata.Name ?? "")
                .Distinct()
                .Where(name => (EndpointRulesReader.Of(endpoint, name) & EndpointRules.Required) != 0),
        ];
        var name = endpoint.DisplayName;

        // Health checks are known by the delegate that is replaced here.
        var metadata = EndpointRulesReader.NeedsNoSession(endpoint)
            ? new EndpointMetadataCollection([new DisableServerSessionAttribute(), .. endpoint.Metadata])
            : endpoint.Metadata;
        return endpoint is RouteEndpoint route
            ? new RouteEndpoint(CheckAndRunAsync, route.RoutePattern, route.Order, metadata, name)
            : new Endpoint(CheckAndRunAsync, metadata, name);

        Task CheckAndRunAsync(HttpContext context)
        {
            ThrowIfNotApplied(context, endpoint, required);
            return run(context);
        }
    }

    private static void ThrowIfNotApplied(HttpContext context, Endpoint endpoint, string[] required)
    {
        var hasRun = false;
        if (context.Features.Get<SessionFeature>() is { IsInFront: false } feature)
        {
            hasRun = true;
            ThrowIfOther(feature, endpoint, "");
        }

        if (context.Features.Get<NamedSessionFeatures>() is { } named)
        {
            foreach (var (name, other) in named.All.Where(static entry => !entry.Feature.IsInFront))
            {
                hasRun = true;
                ThrowIfOther(other, endpoint, name);
            }
        }

        // A test or a middleware may give the request a session of its own. Without the middleware there is no session to leave alone.
        // Nor does a session count that authentication has begun in front of where the middleware should be.
        var isGiven = context.Features.Get<IServerSessionFeature>() is not (null or SessionFeature { IsInFront: true });
        var rules = EndpointRulesReader.Of(endpoint, "");
        var isDemanding = (rules & EndpointRules.NoSession) == 0 && (rules & ~EndpointRules.CrossSiteAllowed) != 0;
        var missing = Array.FindAll(
            required,
            name => !(name.Length == 0 && isGiven) && new SessionSlot(name).Find(context) is not { IsInFront: false }
        );
        if (missing is [{ Length: > 0 } first, ..])
        {
            throw new InvalidOperationException(
                $"The endpoint {endpoint.DisplayName} requires a session of the name '{first}', and the session middleware has not run for "
                    + $"it. Call app.UseServerSessions(\"{first}\") between routing and the endpoint."
            );
        }

        if (missing.Length > 0 || (!hasRun && !isGiven && isDemanding))
        {
            throw new InvalidOperationException(
                $"The endpoint {endpoint.DisplayName} has metadata about the server session, and the session middleware has not run. Call "
                    + "app.UseServerSessions() between routing and the endpoint. An endpoint with ShortCircuit() runs before all "
                    + "middleware: remove it there."
            );
        }
    }

    private static void ThrowIfOther(SessionFeature feature, Endpoint endpoint, string name)
    {
        if (feature.Request.Rules != EndpointRulesReader.Of(endpoint, name))
        {
            throw new InvalidOperationException(
                $"The endpoint {endpoint.DisplayName} has metadata about the server session that was not applied: UseServerSessions() ran "
                    + "before routing, or another middleware has changed the endpoint. Call app.UseRouting() before "
                    + "app.UseServerSessions()."
            );
        }
    }
}
