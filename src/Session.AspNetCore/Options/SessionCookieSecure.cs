namespace ServerSessions;

/// <summary>When a cookie has the <c>Secure</c> attribute.</summary>
public enum SessionCookieSecure
{
    /// <summary>Never. The stored cookie has no <c>secure</c> member, as by express-session's default.</summary>
    Never,

    /// <summary>
    /// Always (<c>true</c>): the cookie is sent over https only. Over plain http the session is stored, the cookie is not sent, and a
    /// warning is logged.
    /// </summary>
    Always,

    /// <summary>
    /// If the cookie is sent over https. A session that began over http becomes Secure with its first cookie over https. Secure is never
    /// removed.
    /// </summary>
    Auto,

    /// <summary>
    /// As express-session's <c>"auto"</c>: like <see cref="Auto"/>, but decided once, when the session is created. A session that began
    /// over http never becomes Secure.
    /// </summary>
    AutoOnce,
}
