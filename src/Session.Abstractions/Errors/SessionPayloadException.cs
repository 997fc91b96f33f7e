namespace ServerSessions.Payload;

/// <summary>
/// The bytes of a record are not a session in express-session's format. The message gives the broken rule and the position, and no content.
/// Not transient: the record stays unreadable until it is replaced or removed.
/// </summary>
/// <remarks>
/// <see cref="SessionDocument.Parse"/> does not have the store's name, so its exception has <c>payload</c> as
/// <see cref="SessionStoreException.Backend"/>. Code that has the name throws the result of <see cref="ForStore"/>.
/// </remarks>
public sealed class SessionPayloadException : SessionStoreException
{
    internal SessionPayloadException(SessionPayloadError error, long bytePosition)
        : base(
            $"The stored session cannot be read: {Describe(error)} (at byte {bytePosition}). Remove or repair the record.",
            SessionStoreOperation.Get,
            "payload",
            isTransient: false
        )
    {
        Error = error;
        BytePosition = bytePosition;
    }

    private SessionPayloadException(SessionPayloadException cause, string backend, SessionStoreOperation operation)
        : base(cause.Message, operation, backend, isTransient: false, cause)
    {
        Error = cause.Error;
        BytePosition = cause.BytePosition;
    }

    /// <summary>The rule that is broken.</summary>
    public SessionPayloadError Error { get; }

    /// <summary>
    /// The position of the error, in bytes from the start of the payload. For a cookie member it counts from the start of the cookie
    /// object.
    /// </summary>
    public long BytePosition { get; }

    /// <summary>Returns a copy of this error as the failure of a store. This exception becomes its inner exception.</summary>
    /// <param name="backend"><see cref="ISessionStore.Backend"/> of the store.</param>
    /// <param name="operation">The operation that failed.</param>
    /// <returns>The exception to throw.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="backend"/> is <see langword="null"/>.</exception>
    public SessionPayloadException ForStore(string backend, SessionStoreOperation operation)
    {
        ArgumentNullException.ThrowIfNull(backend);
        return new SessionPayloadException(this, backend, operation);
    }

    private static string Describe(SessionPayloadError error) =>
        error switch
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
