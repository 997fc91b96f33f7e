using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>How it is known whether a request came over https; express-session's <c>proxy</c>.</summary>
public enum SessionProxy
{
    /// <summary>
    /// <c>undefined</c>: by <see cref="HttpRequest.IsHttps"/>, which the forwarded-headers middleware sets for the proxies that it trusts.
    /// </summary>
    FromRequest,

    /// <summary>
    /// <c>true</c>: by TLS on the connection, or the first item of <c>X-Forwarded-Proto</c>. Any client can send that header unless a proxy
    /// overwrites it.
    /// </summary>
    TrustForwardedProto,

    /// <summary><c>false</c>: by TLS on the connection only.</summary>
    ConnectionOnly,
}
