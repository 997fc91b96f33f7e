namespace Session;

/// <summary>How <c>expires</c> and <c>originalMaxAge</c> can be without a value in JavaScript; each is written back as what it was.</summary>
internal enum CookieAbsence
{
    /// <summary>Not there at all (<c>undefined</c>), so not written.</summary>
    Undefined,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>false</c>.</summary>
    False,
}
