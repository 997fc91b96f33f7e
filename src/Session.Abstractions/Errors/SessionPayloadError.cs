namespace ServerSessions.Payload;

/// <summary>Why bytes are no session; see <see cref="SessionPayloadException"/>.</summary>
public enum SessionPayloadError
{
    /// <summary>They start with a byte order mark. Node's <c>JSON.parse</c> refuses that as well.</summary>
    ByteOrderMark,

    /// <summary>They are not valid UTF-8.</summary>
    InvalidUtf8,

    /// <summary>They are not well-formed JSON: cut off, trailing text, comments.</summary>
    Malformed,

    /// <summary>They are JSON, but no object.</summary>
    NotAnObject,

    /// <summary>
    /// There is no member <c>cookie</c>, or it is no object. Express-session answers every request for such a session with 500.
    /// </summary>
    NoCookie,

    /// <summary>A member of the cookie has a type with which express-session cannot work either.</summary>
    InvalidCookie,
}
