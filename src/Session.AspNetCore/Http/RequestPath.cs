using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions;

/// <summary>
/// Whether a request is within the cookie's path. Compares the path as the client sent it, undecoded. Also compares <c>PathBase + Path</c>,
/// which differs if a proxy stripped a prefix and <see cref="HttpRequest.PathBase"/> was set to it.
/// </summary>
internal static class RequestPath
{
    public static bool IsWithin(HttpContext context, string? cookiePath)
    {
        if (cookiePath is null or "" or "/")
        {
            return true;
        }

        ReadOnlySpan<char> target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var query = target.IndexOf('?');
        var isPath = target.StartsWith("/", StringComparison.Ordinal);
        if (isPath && (query < 0 ? target : target[..query]).StartsWith(cookiePath, StringComparison.Ordinal))
        {
            return true;
        }

        // For a server without raw targets, a target in absolute form, or an application under a base path.
        return (!isPath || context.Request.PathBase.HasValue) && IsWithinBase(context.Request, cookiePath);
    }

    /// <summary>
    /// Compares the PathBase part without regard to case, as <c>UsePathBase</c> does. A request for <c>/Shop</c> belongs to the application
    /// at <c>/shop</c>, although a browser does not send a cookie of <c>/shop</c> there.
    /// </summary>
    private static bool IsWithinBase(HttpRequest request, string cookiePath)
    {
        ReadOnlySpan<char> pathBase = request.PathBase.ToUriComponent();
        ReadOnlySpan<char> path = request.Path.ToUriComponent();
        ReadOnlySpan<char> cookie = cookiePath;
        var common = Math.Min(pathBase.Length, cookie.Length);
        return pathBase[..common].Equals(cookie[..common], StringComparison.OrdinalIgnoreCase)
            && path.StartsWith(cookie[common..], StringComparison.Ordinal);
    }
}
