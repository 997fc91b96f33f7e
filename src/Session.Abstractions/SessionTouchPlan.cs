namespace ServerSessions;

/// <summary>
/// What <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/> does to the expiry of a session that it reads. The default touches every
/// session, to the store's default lifetime from now.
/// </summary>
/// <remarks>
/// Later versions may add members. The default of such a member asks for what a store does that does not know it. A plan holds the caller's
/// buffer and not a copy.
/// </remarks>
public readonly struct SessionTouchPlan
{
    /// <summary>
    /// What the payload must begin with, byte for byte, for the session to be touched. A session that begins otherwise is read and keeps
    /// its expiry.
    /// </summary>
    /// <value>
    /// Empty, the default: every session is touched. A session's own lifetime stands at its beginning,
    /// <c>{"cookie":{"originalMaxAge":3600000,</c>, so that a session with another lifetime keeps its expiry. A store compares the bytes
    /// and need not understand them; one that does not hold the bytes as they came may take the comparison for failed.
    /// </value>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>The new expiry of a session that is touched.</summary>
    /// <value>
    /// <see langword="null"/>, the default: the store's default lifetime from now. An instant that is not in the future ends a session that
    /// is touched, and the result is that it is absent.
    /// </value>
    public DateTimeOffset? Expires { get; init; }
}
