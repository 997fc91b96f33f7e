namespace ServerSessions.Payload;

/// <summary>The values of a cookie's <c>sameSite</c> in express-session.</summary>
public enum SessionSameSite
{
    /// <summary><c>false</c>: the attribute is not sent.</summary>
    Off,

    /// <summary><c>"lax"</c>: sent as <c>SameSite=Lax</c>.</summary>
    Lax,

    /// <summary><c>"strict"</c>: sent as <c>SameSite=Strict</c>.</summary>
    Strict,

    /// <summary><c>"none"</c>: sent as <c>SameSite=None</c>, which browsers accept only together with <c>Secure</c>.</summary>
    None,

    /// <summary><c>true</c>: express-session's other spelling of <see cref="Strict"/>. It is written back unchanged.</summary>
    True,
}
