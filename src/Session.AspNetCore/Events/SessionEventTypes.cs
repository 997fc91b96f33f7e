namespace ServerSessions;

/// <summary>A new session was stored.</summary>
public readonly struct SessionCreated
{
    /// <summary>When, in which store, and to whom it happened.</summary>
    public SessionEventInfo Info { get; init; }
}

/// <summary>A user has signed in, and the session was stored.</summary>
public readonly struct SessionSignedIn
{
    /// <summary>When, in which store, and to whom it happened.</summary>
    public SessionEventInfo Info { get; init; }

    /// <summary>How the user has signed in, as the application named it; <see langword="null"/> if it did not say.</summary>
    public string? Method { get; init; }

    /// <summary>
    /// Whether no other live session of this user has the same device label; <see langword="null"/> if the sessions of users are not
    /// listed.
    /// </summary>
    public bool? IsNewDevice { get; init; }
}

/// <summary>A session has moved to a new id.</summary>
public readonly struct SessionRenewed
{
    /// <summary>When, in which store, and to whom it happened.</summary>
    public SessionEventInfo Info { get; init; }

    /// <summary>Whether it was renewed for a sign-in, which begins its limits again.</summary>
    public bool IsSignIn { get; init; }
}

/// <summary>A session that was stored before was stored again.</summary>
public readonly struct SessionChanged
{
    /// <summary>When, in which store, and to whom it happened.</summary>
    public SessionEventInfo Info { get; init; }

    /// <summary>
    /// The names of the keys that were set to another value or removed, in no order, and never a value. Without the keys of the library, so
    /// empty if only these or the cookie have changed. <see langword="null"/> unless the handler has asked for it:
    /// <see cref="IServerSessionEvents.WantsChangedKeys"/>.
    /// </summary>
    public IReadOnlyList<string>? Keys { get; init; }
}

/// <summary>A session was ended before its time.</summary>
public readonly struct SessionEnded
{
    /// <summary>When, in which store, and to whom it happened.</summary>
    public SessionEventInfo Info { get; init; }

    /// <summary>Why it was ended.</summary>
    public SessionEndReason Reason { get; init; }
}

/// <summary>A session was not ended although it was to be.</summary>
public readonly struct SessionEndFailed
{
    /// <summary>
    /// When, in which store, and to whom it happened. With a user and without a handle it is about all sessions of the user that were to be
    /// ended.
    /// </summary>
    public SessionEventInfo Info { get; init; }

    /// <summary>Why it was to be ended.</summary>
    public SessionEndReason Reason { get; init; }
}

/// <summary>Sessions whose time has passed were removed.</summary>
public readonly struct SessionExpired
{
    /// <summary>
    /// When, in which store, and to whom it happened. Without a user if <see cref="How"/> is <see cref="SessionExpiry.Pruned"/>.
    /// </summary>
    public SessionEventInfo Info { get; init; }

    /// <summary>How it was noticed.</summary>
    public SessionExpiry How { get; init; }

    /// <summary>The number of sessions: 1 or more.</summary>
    public long Count { get; init; }
}

/// <summary>A request came with a session cookie that got it no session.</summary>
public readonly struct SessionRejected
{
    /// <summary>
    /// When and in which store it happened. With a user only if <see cref="Reason"/> is <see cref="SessionRejection.OtherDevice"/>.
    /// </summary>
    public SessionEventInfo Info { get; init; }

    /// <summary>Why the request has no session.</summary>
    public SessionRejection Reason { get; init; }
}

/// <summary>The store of sessions cannot be used.</summary>
public readonly struct SessionStoreUnavailable
{
    /// <summary>When it happened, and in which store.</summary>
    public SessionEventInfo Info { get; init; }
}

/// <summary>The store of sessions can be used again.</summary>
public readonly struct SessionStoreRecovered
{
    /// <summary>When it happened, and in which store.</summary>
    public SessionEventInfo Info { get; init; }

    /// <summary>How long the store was unavailable.</summary>
    public TimeSpan Outage { get; init; }
}
