using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ServerSessions;

/// <summary>The paths of the endpoints of users' sessions, with the path base and the prefixes of the request.</summary>
internal sealed class UserSessionLinks(LinkGenerator links, UserSessionEndpointOptions options)
{
    private const string Result = "session-devices";

    private readonly string _prefix = $"ServerSessions.UserSessions.{options.SessionName}.";

    /// <summary>The name of an endpoint.</summary>
    public string NameOf(string endpoint) => _prefix + endpoint;

    public string List(HttpContext context) => To(context, nameof(List));

    public string End(HttpContext context) => To(context, nameof(End));

    public string EndOne(HttpContext context, string handle, string proof) =>
        To(context, nameof(EndOne), new RouteValueDictionary { ["handle"] = handle, ["proof"] = proof });

    public string EndOthers(HttpContext context) => To(context, nameof(EndOthers));

    public string StyleSheet(HttpContext context) => To(context, nameof(StyleSheet));

    /// <summary>The page that shows the part, with the result of what was ended.</summary>
    public string Page(HttpContext context, string? result = null)
    {
        var page = options.PagePath is { } path ? context.Request.PathBase + path : List(context);
        return result is null ? page : $"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Result}={result}";
    }

    public string? SignOut(HttpContext context) => options.SignOutPath is { } path ? context.Request.PathBase + path : null;

    /// <summary>The result of what was ended, in the address of a page.</summary>
    public static string? ResultOf(HttpContext context) => context.Request.Query[Result];

    private string To(HttpContext context, string endpoint, RouteValueDictionary? values = null) =>
        links.GetPathByName(context, NameOf(endpoint), values)
        ?? throw new InvalidOperationException(
            "The path of MapUserSessions needs a route value that this request does not have. Map it without route parameters."
        );
}
