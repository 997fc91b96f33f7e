namespace ServerSessions;

/// <summary>The reason why a request has no session.</summary>
internal enum SessionAbsence
{
    /// <summary>The request has a session, or can have one.</summary>
    None,

    /// <summary>The path of the request is not within the cookie's.</summary>
    PathMismatch,

    /// <summary>The store is disconnected, and requests then continue without a session.</summary>
    Disconnected,

    /// <summary>The session could not be read, and requests then continue without one.</summary>
    Unavailable,

    /// <summary>The session was destroyed, by this request or another.</summary>
    Destroyed,

    /// <summary>The application detached the session from the request.</summary>
    Unset,
}
