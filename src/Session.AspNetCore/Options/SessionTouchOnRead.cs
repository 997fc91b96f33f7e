namespace ServerSessions;

/// <summary>When reading a session also touches it. No effect on a store that is not an <see cref="IGetAndTouchSessionStore"/>.</summary>
public enum SessionTouchOnRead
{
    /// <summary>
    /// If the store reports that it costs hardly more than the read (Redis). A request that only reads its session is then one round trip.
    /// </summary>
    WhereCheap,

    /// <summary>
    /// On every store that supports it (Redis, PostgreSQL, MongoDB). If a touch is a write to the backend, a request that only reads has
    /// one round trip instead of two. A request that also stores the session then writes twice. Reading needs a writable backend.
    /// </summary>
    Always,

    /// <summary>On no store: the session is touched when the request is committed.</summary>
    Never,
}
