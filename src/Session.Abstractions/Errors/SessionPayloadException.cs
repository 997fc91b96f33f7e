namespace ServerSessions.Payload;

/// <summary>
/// The bytes of a record are no session as express-session writes one. Says which rule they break and where, and shows nothing
/// of them. Not transient: the record stays what it is until it is replaced or removed.
/// </summary>
public sealed class SessionPayloadException : SessionStoreException
{
    internal SessionPayloadException(SessionPayloadError error, long bytePosition)
        : base($"The stored session cannot be read: {Describe(error)} (at byte {bytePosition}). Remove or repair the record.",
            SessionStoreOperation.Get, "payload", isTransient: false)
    {
        Error = error;
        BytePosition = bytePosition;
    }

    /// <summary>Which rule is broken.</summary>
    public SessionPayloadError Error { get; }

    /// <summary>Where, counted in bytes from the start of the payload; of a cookie member, from the start of the cookie object.</summary>
    public long BytePosition { get; }

    private static string Describe(SessionPayloadError error) => error switch
    {
        SessionPayloadError.ByteOrderMark => "it starts with a byte order mark",
        SessionPayloadError.InvalidUtf8 => "it is not valid UTF-8",
        SessionPayloadError.Malformed => "it is not well-formed JSON",
        SessionPayloadError.NotAnObject => "it is not a JSON object",
        SessionPayloadError.NoCookie => "it has no \"cookie\" object",
        SessionPayloadError.InvalidCookie => "a member of its \"cookie\" object has the wrong type",
        _ => "it is not a session",
    };
}
