namespace ServerSessions;

/// <summary>Recommended: a store that can move the expiry of a session without writing the session.</summary>
public interface ITouchableSessionStore : ISessionStore
{
    /// <summary>Moves the expiry of a session and changes nothing else. Never creates: if the session is absent, nothing changes.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">
    /// The new expiry, and the session as the caller has it. Without an expiry the session lives for the store's default lifetime from now.
    /// An expiry that is not in the future ends the session. Stores whose payload is the expiry (memory, file) take the <c>cookie</c>
    /// member from the payload. No other part of the payload is used, so a touch never restores old data.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see langword="true"/> if the session exists; <see langword="false"/> if it is absent.</returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed; the expiry may or may not have moved.</exception>
    ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default);
}
