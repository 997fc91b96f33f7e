namespace ServerSessions.Payload;

/// <summary>The reason why bytes are not a session; see <see cref="SessionPayloadException"/>.</summary>
public enum SessionPayloadError
{
    /// <summary>The bytes start with a byte order mark. Node's <c>JSON.parse</c> also refuses it.</summary>
    ByteOrderMark,

    /// <summary>The bytes are not valid UTF-8.</summary>
    InvalidUtf8,

    /// <summary>The bytes are not well-formed JSON: truncated, with trailing text, or with comments.</summary>
    Malformed,

    /// <summary>The bytes are JSON, but not an object.</summary>
    NotAnObject,

    /// <summary>
    /// The member <c>cookie</c> is absent or is not an object. For such a session express-session sends status 500 for every request.
    /// </summary>
    NoCookie,

    /// <summary>A member of the cookie has a type that express-session does not support either.</summary>
    InvalidCookie,
}
