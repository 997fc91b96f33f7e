namespace ServerSessions;

/// <summary>
/// The backend cannot be reached or did not answer in time. Always transient. A write that was under way may or may not have
/// taken effect.
/// </summary>
public sealed class SessionStoreUnavailableException : SessionStoreException
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What was tried, what went wrong, what to do. Without id and payload.</param>
    /// <param name="operation">What was being done.</param>
    /// <param name="backend"><see cref="ISessionStore.Backend"/> of the store.</param>
    /// <param name="innerException">The driver's own exception, where its text carries no id and no payload.</param>
    public SessionStoreUnavailableException(
        string message,
        SessionStoreOperation operation,
        string backend,
        Exception? innerException = null
    )
        : base(message, operation, backend, isTransient: true, innerException) { }
}
