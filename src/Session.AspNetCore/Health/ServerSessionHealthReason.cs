namespace ServerSessions;

/// <summary>Why a health check of sessions has its status. The entry <c>reason</c> of its data has the name in lower case.</summary>
public enum ServerSessionHealthReason
{
    /// <summary>Healthy: the store replies in time.</summary>
    Ready,

    /// <summary>Degraded: the store replies, and takes longer than <see cref="ServerSessionHealthOptions.SlowAfter"/>.</summary>
    Slow,

    /// <summary>Degraded: no removal of expired sessions has succeeded for three intervals.</summary>
    PruneLate,

    /// <summary>Degraded: sessions are in the memory of the process, outside of Development.</summary>
    MemoryStore,

    /// <summary>Unhealthy: the backend cannot be reached, or does not reply in time.</summary>
    Unavailable,

    /// <summary>Unhealthy: the backend replies with an error; a retry does not help until the cause is removed.</summary>
    Failed,

    /// <summary>Unhealthy: the store can be read and cannot be written.</summary>
    WriteFailed,

    /// <summary>
    /// Degraded: the lists of users' sessions cannot be read or written. Sessions are well; users cannot sign in or end sessions.
    /// </summary>
    UserIndexFailed,

    /// <summary>
    /// Degraded: during a move between stores, the one that is read second cannot be used. The sessions of the first are well.
    /// </summary>
    MoveStoreUnavailable,
}
