namespace ServerSessions;

/// <summary>
/// A session could not be read, written or destroyed, because the backend failed or because the stored bytes are not a session. Never means
/// that a session is absent, which is an ordinary result.
/// </summary>
/// <remarks>The message says what was tried, what went wrong and what to do. It has no session id and no payload.</remarks>
public class SessionStoreException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="SessionStoreException"/> class.</summary>
    /// <param name="message">What was tried, what went wrong, and what to do. Without id and payload.</param>
    /// <param name="operation">The operation that failed.</param>
    /// <param name="backend"><see cref="ISessionStore.Backend"/> of the store.</param>
    /// <param name="isTransient">Whether the same call may succeed later without a change by the operator.</param>
    /// <param name="innerException">The driver's exception, if its text has no id and no payload; otherwise <see langword="null"/>.</param>
    public SessionStoreException(
        string message,
        SessionStoreOperation operation,
        string backend,
        bool isTransient,
        Exception? innerException = null
    )
        : base(message, innerException)
    {
        Operation = operation;
        Backend = backend;
        IsTransient = isTransient;
    }

    /// <summary>The operation that failed.</summary>
    public SessionStoreOperation Operation { get; }

    /// <summary>The name of the backend: <see cref="ISessionStore.Backend"/> of the store.</summary>
    public string Backend { get; }

    /// <summary>
    /// Whether the same call may succeed later without a change by the operator: after a lock, a timeout or a lost connection.
    /// <see langword="false"/> for missing rights, a missing table or a damaged record.
    /// </summary>
    public bool IsTransient { get; }
}
