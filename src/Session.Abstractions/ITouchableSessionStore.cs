namespace ServerSessions;

/// <summary>Recommended: a store that can move the expiry of a session without writing the session.</summary>
public interface ITouchableSessionStore : ISessionStore
{
    /// <summary>
    /// Moves the expiry of a session and changes nothing else. Never creates: after destroy or expiry a touch changes nothing.
    /// </summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">
    /// Carries the new expiry (none: the store's default lifetime from now; one that is not in the future ends the session) and the
    /// session as the caller knows it. Stores whose
    /// payload is the expiry (memory, file) take the <c>cookie</c> member from its payload; nothing else of the payload is used,
    /// so a touch never brings back old data.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see langword="true"/> where the session was there; <see langword="false"/> where it is absent.</returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed; the expiry may or may not have moved.</exception>
    ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default);
}
