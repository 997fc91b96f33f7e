namespace ServerSessions;

/// <summary>Why a request has no session.</summary>
internal enum SessionAbsence
{
    /// <summary>It has one, or can have one.</summary>
    None,

    /// <summary>Its path is not within the cookie's.</summary>
    PathMismatch,

    /// <summary>The store is disconnected, and requests go on without sessions then.</summary>
    Disconnected,

    /// <summary>It could not be read, and requests go on without then.</summary>
    Unavailable,

    /// <summary>The session was destroyed, by this request or another.</summary>
    Destroyed,

    /// <summary>The application took it off the request.</summary>
    Unset,
}
