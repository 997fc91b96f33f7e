namespace ServerSessions;

/// <summary>
/// A session could not be read, written or ended because the backend failed, or because what it holds is no session. Never
/// means that a session is absent: that is an ordinary answer. Its message says what was tried, what went wrong and what to do,
/// and contains no session id and no payload.
/// </summary>
public class SessionStoreException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What was tried, what went wrong, what to do. Without id and payload.</param>
    /// <param name="operation">What was being done.</param>
    /// <param name="backend"><see cref="ISessionStore.Backend"/> of the store.</param>
    /// <param name="isTransient">Whether the same call may succeed later without anybody changing anything.</param>
    /// <param name="innerException">The driver's own exception, where its text carries no id and no payload.</param>
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

    /// <summary>What was being done.</summary>
    public SessionStoreOperation Operation { get; }

    /// <summary>The name of the backend: <see cref="ISessionStore.Backend"/> of the store.</summary>
    public string Backend { get; }

    /// <summary>
    /// Whether the same call may succeed later without anybody changing anything (a lock, a time-out, a lost connection), as
    /// against one that will fail until somebody does (rights, a missing table, a broken record).
    /// </summary>
    public bool IsTransient { get; }
}
