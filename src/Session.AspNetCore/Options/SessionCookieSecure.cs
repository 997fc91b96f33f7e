namespace ServerSessions;

/// <summary>Whether a cookie is sent with <c>Secure</c>.</summary>
public enum SessionCookieSecure
{
    /// <summary>Never. At rest it is left out, as express-session's default is.</summary>
    Never,

    /// <summary>
    /// <c>true</c>: always, and the cookie is sent over https only. Over plain http a session is stored and its cookie held back, with a
    /// warning in the log.
    /// </summary>
    Always,

    /// <summary>
    /// <c>Secure</c> if the cookie is sent over https, without it over http. A session that began over http is Secure from its first cookie
    /// over https on. It is never taken away.
    /// </summary>
    Auto,

    /// <summary>
    /// <c>"auto"</c> as in express-session: as <see cref="Auto"/>, but decided once, when the session is made. One that began over http is
    /// never Secure.
    /// </summary>
    AutoOnce,
}
