namespace ServerSessions;

/// <summary>
/// The backend cannot be reached or did not reply in time. Always transient. A write in progress may or may not have taken effect.
/// </summary>
public sealed class SessionStoreUnavailableException : SessionStoreException
{
    /// <summary>Initializes a new instance of the <see cref="SessionStoreUnavailableException"/> class.</summary>
    /// <param name="message">What was tried, what went wrong, and what to do. Without id and payload.</param>
    /// <param name="operation">The operation that failed.</param>
    /// <param name="backend"><see cref="ISessionStore.Backend"/> of the store.</param>
    /// <param name="innerException">The driver's exception, if its text has no id and no payload; otherwise <see langword="null"/>.</param>
    public SessionStoreUnavailableException(
        string message,
        SessionStoreOperation operation,
        string backend,
        Exception? innerException = null
    )
        : base(message, operation, backend, isTransient: true, innerException) { }
}
