using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>How the middleware detects that a request came over https; express-session's <c>proxy</c>.</summary>
public enum SessionProxy
{
    /// <summary>
    /// By <see cref="HttpRequest.IsHttps"/> (<c>undefined</c>), which the forwarded-headers middleware sets for the proxies that it trusts.
    /// </summary>
    FromRequest,

    /// <summary>
    /// By TLS on the connection, or by the first item of <c>X-Forwarded-Proto</c> (<c>true</c>). Any client can send that header unless a
    /// proxy overwrites it.
    /// </summary>
    TrustForwardedProto,

    /// <summary>By TLS on the connection only (<c>false</c>).</summary>
    ConnectionOnly,
}
