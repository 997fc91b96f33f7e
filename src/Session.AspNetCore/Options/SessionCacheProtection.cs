namespace ServerSessions;

/// <summary>What a response that is about a session tells caches: <see cref="ServerSessionOptions.CacheProtection"/>.</summary>
public enum SessionCacheProtection
{
    /// <summary>
    /// <c>Cache-Control: private</c>, added to what the application set, and with the cookie also <c>no-cache="Set-Cookie"</c>: no shared
    /// cache stores the response; the browser may.
    /// </summary>
    Private,

    /// <summary>
    /// <c>Cache-Control: no-store</c> in place of what the application set, of which <c>no-transform</c> stays: no cache stores the
    /// response, the browser's own included. It is what OWASP's Session Management Cheat Sheet asks for; it does not take
    /// <c>no-cache="Set-Cookie"</c> for enough. A page that the user goes back to may be requested again.
    /// </summary>
    NoStore,

    /// <summary>Nothing is added, and caches in the application are not told either.</summary>
    None,
}
