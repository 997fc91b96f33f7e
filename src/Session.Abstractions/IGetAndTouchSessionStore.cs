namespace ServerSessions;

/// <summary>Optional: a store that can read a session and move its expiry in one round trip and one step.</summary>
public interface IGetAndTouchSessionStore : ITouchableSessionStore
{
    /// <summary>
    /// Whether this costs the backend hardly more than reading alone, so that consumers do it for every request that may turn out to only read. Where it costs a
    /// write of its own (a row version, a log record), which a request that goes on to store the session pays for twice, they do it when they are told to.
    /// </summary>
    bool IsTouchCheap { get; }

    /// <summary>
    /// Reads a session and, if its payload begins with <paramref name="prefix"/>, moves its expiry and changes nothing else. Never creates. Reading, comparing
    /// and moving are one atomic step.
    /// </summary>
    /// <param name="sid">The session id.</param>
    /// <param name="prefix">
    /// What the payload must begin with, byte for byte, for the session to be touched; empty: every session is. A session's own lifetime stands at its
    /// beginning, <c>{"cookie":{"originalMaxAge":3600000,</c>, so that one with another lifetime keeps its expiry. A store that does not hold the bytes as they came
    /// may take the comparison for failed.
    /// </param>
    /// <param name="expires">
    /// The new expiry. <see langword="null"/>: the store's default lifetime from now. One that is not in the future ends a session that is touched, and the
    /// answer is that it is absent.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The record with its true expiry, which is the new one where it was moved, and whether it was. Absent: the default.</returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed, or what it holds is no record; the expiry may or may not have moved.</exception>
    ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid, ReadOnlyMemory<byte> prefix, DateTimeOffset? expires, CancellationToken cancellationToken = default);
}
