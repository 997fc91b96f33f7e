namespace ServerSessions;

/// <summary>Optional: a store that reads a session and moves its expiry in one round trip and one atomic step.</summary>
/// <remarks>
/// Useful for a store that is reached over a network: a request that only reads its session waits for one round trip instead of two. A
/// store without a network gains nothing, and implements only <see cref="ITouchableSessionStore"/>. Consumers check for this interface
/// once, at start.
/// </remarks>
public interface IGetAndTouchSessionStore : ITouchableSessionStore
{
    /// <summary>
    /// Whether <see cref="GetAndTouchAsync"/> costs the backend hardly more than a get. Consumers read it once, at start. It never changes.
    /// </summary>
    /// <value>
    /// <see langword="true"/>: consumers touch with every read that may be the request's only call. <see langword="false"/>: the touch is a
    /// separate write (a row version, a log record), and a request that then stores the session writes twice. Consumers then touch on read
    /// only if their configuration asks for it.
    /// </value>
    bool IsTouchCheap { get; }

    /// <summary>
    /// Reads a session and moves its expiry if its payload begins with <see cref="SessionTouchPlan.Prefix"/>. Changes nothing else and
    /// never creates a session. Reading, comparing and moving are one atomic step.
    /// </summary>
    /// <param name="sid">The session id.</param>
    /// <param name="plan">
    /// Which sessions to touch, and the new expiry. The default touches every session, to the store's default lifetime. The caller may
    /// change the bytes of the prefix once its wait has ended, also by cancellation. A store that may need them later copies them.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The record, and whether its expiry was moved. The record has its true expiry: the new one if it was moved. If the session is absent:
    /// the default value.
    /// </returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">
    /// The backend failed, or the stored bytes are not a record; the expiry may or may not have moved.
    /// </exception>
    ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default);
}
