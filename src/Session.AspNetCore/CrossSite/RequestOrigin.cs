using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Whether another site caused a request. Browsers set the headers that tell, and scripts cannot change them.
/// </summary>
internal static class RequestOrigin
{
    public const string SecFetchSite = "Sec-Fetch-Site";

    private const string WebSocket = "websocket";

    /// <summary>
    /// Whether a request can change something. Reading is left to the browser, which hides responses from other sites. It does not hide
    /// the messages of a WebSocket, so its handshake counts as a change.
    /// </summary>
    public static bool CanChange(HttpRequest request)
    {
        var method = request.Method;
        var isSafe =
            HttpMethods.IsGet(method)
            || HttpMethods.IsHead(method)
            || HttpMethods.IsOptions(method)
            || HttpMethods.IsTrace(method)
            || HttpMethods.IsQuery(method);
        return !isSafe || IsWebSocket(request);
    }

    /// <summary>Returns the header that says that another site caused a request; <see langword="null"/> if none does.</summary>
    /// <param name="request">The request.</param>
    /// <param name="trusted">The origins that count as this site, as browsers write them.</param>
    public static string? FindForeign(HttpRequest request, IReadOnlySet<string> trusted)
    {
        var site = request.Headers[SecFetchSite];
        if (site is ["same-origin" or "none"])
        {
            return null;
        }

        var origin = request.Headers.Origin.ToString();
        if (trusted.Contains(origin))
        {
            return null;
        }

        if (site.Count > 0)
        {
            return SecFetchSite;
        }

        return origin.Length == 0 || IsOf(origin, request.Host) ? null : "Origin";
    }

    /// <summary>
    /// Returns an origin as browsers write it: lower case, without the default port. <see langword="null"/> if the text is not an origin
    /// of http or https.
    /// </summary>
    public static string? Normalize(string? text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri is not { Scheme: "http" or "https", UserInfo: "", AbsolutePath: "/", Query: "", Fragment: "" }
            || text[^1] is '/' or '?' or '#'
        )
        {
            return null;
        }

        var host = uri.HostNameType == UriHostNameType.Dns ? uri.IdnHost : uri.Host;
        return $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
    }

    /// <summary>
    /// Whether an origin has the host and port of a request. The scheme is not compared: behind a proxy that ends TLS it is often unknown.
    /// </summary>
    private static bool IsOf(string origin, HostString host) =>
        host.HasValue
        && Normalize(origin) is { } known
        && Normalize(known[..(known.IndexOf(':') + "://".Length)] + host.Value) == known;

    /// <summary>Whether a request opens a WebSocket. Over HTTP/2 it is a CONNECT, which is not safe in any case.</summary>
    private static bool IsWebSocket(HttpRequest request) =>
        request.Headers.Upgrade.Count > 0 && request.Headers.Upgrade.ToString().Contains(WebSocket, StringComparison.OrdinalIgnoreCase);
}
