namespace ServerSessions;

/// <summary>The cache headers of a response that depends on a session: <see cref="ServerSessionOptions.CacheProtection"/>.</summary>
public enum SessionCacheProtection
{
    /// <summary>
    /// Adds <c>Cache-Control: private</c> to what the application set, and with the cookie also <c>no-cache="Set-Cookie"</c>. No shared
    /// cache stores the response; the browser may.
    /// </summary>
    Private,

    /// <summary>
    /// Replaces the application's <c>Cache-Control</c> by <c>no-store</c>, and keeps its <c>no-transform</c>. No cache stores the response,
    /// the browser's included. OWASP's Session Management Cheat Sheet requires it, and does not accept <c>no-cache="Set-Cookie"</c>. A page
    /// to which the user goes back may be requested again.
    /// </summary>
    NoStore,

    /// <summary>Adds no headers. The caches in the application may store the response.</summary>
    None,
}
