namespace Session;

/// <summary>Whether a cookie is sent with <c>Secure</c>.</summary>
public enum SessionCookieSecure
{
    /// <summary><c>false</c>: never.</summary>
    Never,

    /// <summary><c>true</c>: always, and the cookie is sent over https only. Over plain http a session is stored and its cookie held back, with a warning in the log.</summary>
    Always,

    /// <summary><c>"auto"</c>: with it for a session made over https, without it for any other. Decided once, when the session is made.</summary>
    Auto,
}
