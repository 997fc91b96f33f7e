namespace ServerSessions.Payload;

/// <summary>
/// How <c>expires</c> and <c>originalMaxAge</c> can be without a value in JavaScript; each is written back as what it was.
/// </summary>
internal enum CookieAbsence
{
    /// <summary>Not there at all (<c>undefined</c>), so not written.</summary>
    Undefined,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>false</c>.</summary>
    False,

    /// <summary><c>""</c>, what an empty environment variable leaves.</summary>
    Empty,

    /// <summary><c>0</c> as an <c>expires</c>. As an <c>originalMaxAge</c> that is a number, and ends the session.</summary>
    Zero,
}
