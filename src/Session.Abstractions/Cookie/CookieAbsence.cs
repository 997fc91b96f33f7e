namespace ServerSessions.Payload;

/// <summary>
/// The ways in which <c>expires</c> and <c>originalMaxAge</c> have no value in JavaScript. Each is written back unchanged.
/// </summary>
internal enum CookieAbsence
{
    /// <summary>The member is absent (<c>undefined</c>), and is not written.</summary>
    Undefined,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>false</c>.</summary>
    False,

    /// <summary><c>""</c>, which an empty environment variable leaves.</summary>
    Empty,

    /// <summary><c>0</c> as an <c>expires</c>. As an <c>originalMaxAge</c> it is a number, and ends the session.</summary>
    Zero,
}
