namespace ServerSessions.Payload;

/// <summary>
/// The bytes of a record are no session as express-session writes one. Says which rule they break and where, and shows nothing
/// of them. Not transient: the record stays what it is until it is replaced or removed.
/// </summary>
/// <remarks>
/// <see cref="SessionDocument.Parse"/> does not know which store its bytes are of: its exception has <c>payload</c> for
/// <see cref="SessionStoreException.Backend"/>. Who does know throws <see cref="ForStore"/>.
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

    /// <summary>Which rule is broken.</summary>
    public SessionPayloadError Error { get; }

    /// <summary>Where, counted in bytes from the start of the payload; of a cookie member, from the start of the cookie object.</summary>
    public long BytePosition { get; }

    /// <summary>Makes the same error as the failure of a store. This one becomes its inner exception.</summary>
    /// <param name="backend"><see cref="ISessionStore.Backend"/> of the store.</param>
    /// <param name="operation">What was being done.</param>
    /// <returns>The error to throw.</returns>
    /// <exception cref="ArgumentNullException">The backend is <see langword="null"/>.</exception>
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
