using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ServerSessions;

/// <summary>The paths of the dashboard's pages, with the path base and the prefixes of the request.</summary>
internal sealed class DashboardLinks(LinkGenerator links, DashboardTokens tokens, HttpContext context)
{
    public const string ResultKey = "result";

    private const string Prefix = "ServerSessions.Dashboard.";

    /// <summary>The name of an endpoint.</summary>
    public static string NameOf(string endpoint) => Prefix + endpoint;

    public string Overview => To(nameof(Overview));

    public string Search => To(nameof(Search));

    public string StyleSheet => To(nameof(StyleSheet));

    public string User(string subject, string? result = null) =>
        To(nameof(User), new RouteValueDictionary { ["token"] = tokens.Of(new DashboardTarget(subject)), [ResultKey] = result });

    public string UserPage(string subject, int page) =>
        To(nameof(User), new RouteValueDictionary { ["token"] = tokens.Of(new DashboardTarget(subject)), ["page"] = page });

    public string Session(string subject, string handle) =>
        To(nameof(Session), new RouteValueDictionary { ["token"] = tokens.Of(new DashboardTarget(subject, handle)) });

    /// <summary>The page that asks before one session, or all, are ended.</summary>
    public string End(DashboardTarget target) => To(nameof(End), new RouteValueDictionary { ["token"] = tokens.Of(target) });

    private string To(string endpoint, RouteValueDictionary? values = null) =>
        links.GetPathByName(context, NameOf(endpoint), values)
        ?? throw new InvalidOperationException("The path of MapSessionDashboard needs a route value that this request does not have.");
}
