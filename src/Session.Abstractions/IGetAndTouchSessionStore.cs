namespace ServerSessions;

/// <summary>Optional: a store that reads a session and moves its expiry in one round trip and one atomic step.</summary>
/// <remarks>
/// It pays for a store that is reached over a network: a request that only reads its session waits for one round trip in place of two. A
/// store without a network gains nothing and implements <see cref="ITouchableSessionStore"/> alone. Consumers look for this interface once,
/// at start.
/// </remarks>
public interface IGetAndTouchSessionStore : ITouchableSessionStore
{
    /// <summary>
    /// Whether a get that touches costs the backend hardly more than a get. Consumers read it once, at start; it never changes.
    /// </summary>
    /// <value>
    /// <see langword="true"/>: consumers touch with every read that may be the request's only call. <see langword="false"/>: the touch is a
    /// write of its own (a row version, a log record), for which a request that then stores the session pays twice; consumers touch as they
    /// read only if their configuration says so.
    /// </value>
    bool IsTouchCheap { get; }

    /// <summary>
    /// Reads a session and, if its payload begins with <see cref="SessionTouchPlan.Prefix"/>, moves its expiry and changes nothing else.
    /// Never creates. Reading, comparing and moving are one atomic step.
    /// </summary>
    /// <param name="sid">The session id.</param>
    /// <param name="plan">
    /// Which sessions are touched, and to which expiry. The default touches every session, to the store's default lifetime. The caller may
    /// change the bytes of the prefix after its wait has ended, also by cancellation: a store that may need them later copies them.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The record with its true expiry, which is the new one if it was moved, and whether it was moved. Absent: the default.
    /// </returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed, or what it holds is no record; the expiry may or may not have
    /// moved.</exception>
    ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default);
}
