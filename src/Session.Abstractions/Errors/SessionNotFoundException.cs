namespace ServerSessions;

/// <summary>
/// The session is absent, and the operation needs it: for example a reload of a session that was destroyed or has expired.
/// </summary>
/// <remarks>
/// A store may throw it from <see cref="ISessionStore.GetAsync"/> instead of returning <see langword="null"/>; consumers treat both as
/// absence. <see cref="FileNotFoundException"/> and <see cref="DirectoryNotFoundException"/> (Node's ENOENT) mean absence only if the store
/// declares <see cref="ISessionStore.MissingFileMeansAbsent"/>.
/// </remarks>
public sealed class SessionNotFoundException : SessionStoreException
{
    /// <summary>Initializes a new instance of the <see cref="SessionNotFoundException"/> class.</summary>
    /// <param name="operation">The operation that failed.</param>
    /// <param name="backend"><see cref="ISessionStore.Backend"/> of the store.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public SessionNotFoundException(SessionStoreOperation operation, string backend, Exception? innerException = null)
        : base(
            "The session was not found: it was destroyed, has expired, or was never stored.",
            operation,
            backend,
            isTransient: false,
            innerException
        )
    { }
}
