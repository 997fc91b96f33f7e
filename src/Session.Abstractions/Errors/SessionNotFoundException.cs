namespace ServerSessions;

/// <summary>
/// The session is absent where an operation needs it to be there: a reload of a session that was destroyed or has expired.
/// A store may also throw it from <see cref="ISessionStore.GetAsync"/> in place of returning <see langword="null"/>; consumers treat the
/// two alike. <see cref="FileNotFoundException"/> and <see cref="DirectoryNotFoundException"/> (Node's ENOENT) are treated so only if the
/// store declares <see cref="ISessionStore.MissingFileMeansAbsent"/>.
/// </summary>
public sealed class SessionNotFoundException : SessionStoreException
{
    /// <summary>Makes one.</summary>
    /// <param name="operation">What was being done.</param>
    /// <param name="backend"><see cref="ISessionStore.Backend"/> of the store.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public SessionNotFoundException(SessionStoreOperation operation, string backend, Exception? innerException = null)
        : base(
            "The session is not there: it was destroyed, has expired, or was never stored.",
            operation,
            backend,
            isTransient: false,
            innerException
        )
    { }
}
