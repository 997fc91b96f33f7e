namespace ServerSessions;

/// <summary>The reason why a request has no session. A byte: each request has one.</summary>
internal enum SessionAbsence : byte
{
    /// <summary>The request has a session, or can have one.</summary>
    None,

    /// <summary>The path of the request is not within the cookie's.</summary>
    PathMismatch,

    /// <summary>The request comes from another site, and such requests continue without a session.</summary>
    CrossSite,

    /// <summary>The store is disconnected, and requests then continue without a session.</summary>
    Disconnected,

    /// <summary>The session could not be read or created, and requests then continue without one.</summary>
    Unavailable,

    /// <summary>The application destroys the session, and the store has not acknowledged it.</summary>
    Ending,

    /// <summary>The application destroyed the session.</summary>
    Destroyed,

    /// <summary>A sign-out ended the session. The request begins another one if it is asked for one.</summary>
    SignedOut,

    /// <summary>Another request ended the session during this one.</summary>
    Gone,

    /// <summary>The application detached the session from the request.</summary>
    Unset,

    /// <summary>The application detached the session, and the commit has destroyed it.</summary>
    UnsetAndDestroyed,
}
