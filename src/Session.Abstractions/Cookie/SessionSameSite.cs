namespace ServerSessions.Payload;

/// <summary>The values of a cookie's <c>sameSite</c>, as express-session knows them.</summary>
public enum SessionSameSite
{
    /// <summary><c>false</c>: the attribute is not sent.</summary>
    Off,

    /// <summary><c>"lax"</c>: sent as <c>SameSite=Lax</c>.</summary>
    Lax,

    /// <summary><c>"strict"</c>: sent as <c>SameSite=Strict</c>.</summary>
    Strict,

    /// <summary><c>"none"</c>: sent as <c>SameSite=None</c>, which browsers take only together with <c>Secure</c>.</summary>
    None,

    /// <summary>
    /// <c>true</c>: express-session's other spelling of <see cref="Strict"/>, kept so that what Node wrote stays what it was.
    /// </summary>
    True,
}
