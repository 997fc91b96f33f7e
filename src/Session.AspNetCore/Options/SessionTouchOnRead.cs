namespace ServerSessions;

/// <summary>Whether the read of a session may also be its touch, where the store is an <see cref="IGetAndTouchSessionStore"/>.</summary>
public enum SessionTouchOnRead
{
    /// <summary>Where the store says that it costs hardly more than the read: a request that only reads its session is then one round trip.</summary>
    WhereCheap,

    /// <summary>
    /// Wherever the store can. On a backend to which a touch is a write, a request that only reads has one round trip in place of two, and one that goes on to store
    /// the session has written twice. Reading then needs a backend that takes writes.
    /// </summary>
    Always,

    /// <summary>Nowhere: the touch comes when the request is committed.</summary>
    Never,
}
