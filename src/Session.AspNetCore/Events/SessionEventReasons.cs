namespace ServerSessions;

/// <summary>Why a session was ended before its time.</summary>
public enum SessionEndReason
{
    /// <summary>The application destroyed it: <c>DestroyAsync</c>, <c>RegenerateAsync</c> or <c>UnsetServerSession</c>.</summary>
    Destroyed,

    /// <summary>The user signed out in this session.</summary>
    SignedOut,

    /// <summary>The user ended it from another session: one entry of a list of devices.</summary>
    EndedByUser,

    /// <summary>The user ended all sessions, or all but one.</summary>
    EndedElsewhere,

    /// <summary>An operator ended it.</summary>
    EndedByOperator,

    /// <summary>The user has signed in once more than is allowed, and this session was the oldest.</summary>
    TooManySessions,

    /// <summary>Another user has signed in, in the same session.</summary>
    UserChanged,

    /// <summary>All sessions of the store were removed.</summary>
    Cleared,
}

/// <summary>How it was noticed that the time of sessions has passed.</summary>
public enum SessionExpiry
{
    /// <summary>A request came with the session after <see cref="ServerSessionOptions.AbsoluteTimeout"/>.</summary>
    Met,

    /// <summary>A prune removed them: <see cref="IPrunableSessionStore.PruneAsync"/>. Only their number is known.</summary>
    Pruned,
}

/// <summary>Why a request with a session cookie has no session.</summary>
public enum SessionRejection
{
    /// <summary>
    /// No cookie of the name has a valid signature. An attack, a secret that was removed from
    /// <see cref="ServerSessionOptions.PreviousSecrets"/>, or another application on the same host.
    /// </summary>
    Forged,

    /// <summary>
    /// The signature is valid and the store has no session of the id. It has expired or was ended, which is the usual case; or the id comes
    /// from a stolen cookie of an ended session. A store keeps nothing that tells these apart.
    /// </summary>
    Unknown,

    /// <summary>
    /// In the last five minutes the session has moved to a new id, or was ended through <see cref="IUserSessions"/> or its limit.
    /// A parallel request of the same browser, a browser that was signed out elsewhere, or an id that was planted or stolen before a
    /// sign-in.
    /// </summary>
    Ended,

    /// <summary>The record cannot be decrypted: its key was removed, or someone has changed it.</summary>
    Unreadable,

    /// <summary>The session belongs to another device, by <see cref="ServerSessionOptions.IsOtherDevice"/>.</summary>
    OtherDevice,
}
