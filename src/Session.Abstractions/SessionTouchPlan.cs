namespace ServerSessions;

/// <summary>
/// Tells <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/> how to move the expiry of the session that it reads. The default touches
/// every session, to the store's default lifetime from now.
/// </summary>
/// <remarks>
/// Later versions may add members. The default of such a member asks for the behavior of stores that do not support it. A plan holds the
/// caller's buffer, not a copy.
/// </remarks>
public readonly struct SessionTouchPlan
{
    /// <summary>
    /// The bytes with which a payload must begin for its session to be touched. A session with another beginning is read, and keeps its
    /// expiry.
    /// </summary>
    /// <value>
    /// The default is empty: every session is touched. A session's own lifetime is at the beginning of its payload,
    /// <c>{"cookie":{"originalMaxAge":3600000,</c>, so a session with another lifetime keeps its expiry. A store only compares the bytes. A
    /// store that does not hold the original bytes may skip the touch.
    /// </value>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>The new expiry of a session that is touched.</summary>
    /// <value>
    /// The default is <see langword="null"/>: the store's default lifetime from now. An instant that is not in the future ends a session
    /// that is touched; the result is then that the session is absent.
    /// </value>
    public DateTimeOffset? Expires { get; init; }
}
