namespace ServerSessions;

/// <summary>
/// Whether the read of a session may also be its touch. Of no effect on a store that is no <see cref="IGetAndTouchSessionStore"/>.
/// </summary>
public enum SessionTouchOnRead
{
    /// <summary>
    /// If the store says that it costs hardly more than the read (Redis): a request that only reads its session is then one round trip.
    /// </summary>
    WhereCheap,

    /// <summary>
    /// On every store that can (Redis, PostgreSQL, MongoDB). If a touch is a write to the backend, a request that only reads has one round
    /// trip in place of two, and one that goes on to store the session has written twice. Reading then needs a backend that takes writes.
    /// </summary>
    Always,

    /// <summary>On no store: the touch comes when the request is committed.</summary>
    Never,
}
