namespace ServerSessions.Interop.Driver;

/// <summary>
/// What a request carries as cookie. "The cookie" is the one that the last Set-Cookie gave; if there is none yet, nothing is sent.
/// </summary>
internal enum SentCookie
{
    /// <summary>The cookie, as a browser sends it.</summary>
    Latest,

    /// <summary>No cookie.</summary>
    None,

    /// <summary>The first cookie that this program was given, which may be one of a session that is gone.</summary>
    First,

    /// <summary>The cookie with one character of its signature changed.</summary>
    TamperedSignature,

    /// <summary>The cookie with one character of its id changed.</summary>
    TamperedSid,

    /// <summary>The id alone.</summary>
    Unsigned,

    /// <summary>The id with the prefix of a signed value, and no signature.</summary>
    PrefixWithoutSignature,

    /// <summary>Two cookies of the name, a wrong one first.</summary>
    WrongBeforeRight,

    /// <summary>Two cookies of the name, the right one first.</summary>
    RightBeforeWrong,

    /// <summary>An empty one of the name, then the right one.</summary>
    EmptyBeforeRight,

    /// <summary>An id that no host has made, rightly signed.</summary>
    UnknownSid,

    /// <summary>The cookie's id, signed with the second secret.</summary>
    SignedWithSecondSecret,

    /// <summary>The cookie's id, signed with a secret that is none of the host's.</summary>
    SignedWithForeignSecret,

    /// <summary>The signature with base64 padding.</summary>
    PaddedSignature,

    /// <summary>The cookie in quotes.</summary>
    Quoted,

    /// <summary>A cookie whose name differs in case only, then the cookie.</summary>
    OtherCaseBefore,

    /// <summary>Other cookies around the cookie.</summary>
    AmongOthers,

    /// <summary>The cookie without percent-encoding.</summary>
    Unescaped,
}
