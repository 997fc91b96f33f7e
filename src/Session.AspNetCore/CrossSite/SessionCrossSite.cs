namespace ServerSessions;

/// <summary>
/// What happens to a request that another site caused in a visitor's browser and that could change something. That is every method except
/// GET, HEAD, OPTIONS, TRACE and QUERY, and the handshake of a WebSocket.
/// </summary>
/// <remarks>
/// A browser says in <c>Sec-Fetch-Site</c> where a request comes from; only <c>same-origin</c> and <c>none</c> are this site. A sibling
/// domain (<c>same-site</c>) is another site. Without that header <c>Origin</c> is compared with the request's host, and <c>null</c> is
/// another site. A request with neither header does not come from a current browser and is not affected.
/// </remarks>
public enum SessionCrossSite
{
    /// <summary>The request has its session like any other.</summary>
    Allow,

    /// <summary>
    /// The request goes on without a session: the store is not called, <c>FindServerSession()</c> returns <see langword="null"/>,
    /// <c>GetServerSession()</c> throws, and no cookie is sent.
    /// </summary>
    WithoutSession,

    /// <summary>
    /// The middleware responds with 403 and a short problem document (RFC 9457). The endpoint does not run, and the store is not called.
    /// </summary>
    Refuse,
}
