namespace ServerSessions;

/// <summary>
/// Hardened: a store that can compare and set in one step. With it, parallel requests keep each other's changes and a destroyed
/// session stays destroyed.
/// </summary>
public interface IConditionalSessionStore : ISessionStore
{
    /// <summary>
    /// Stores a session only if what is at rest is still what the caller expects. Comparing and writing are one atomic step.
    /// </summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">
    /// What to store; as for <see cref="ISessionStore.SetAsync"/>: one whose expiry is not in the future leaves the session absent and
    /// nothing of it at rest, and the answer is <see cref="ConditionalSetResult.Stored"/> all the same.
    /// </param>
    /// <param name="expected">
    /// A record that this store handed out for this sid, or one that was stored under it: the write happens only if the session is there
    /// and its content is still that one. A touch meanwhile is no change of content. <see langword="null"/>: the session must be absent.
    /// A store compares <see cref="SessionRecord.Token"/> where the record has one and the payload where it has none; where it cannot
    /// tell, it answers <see cref="ConditionalSetResult.Changed"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// What happened; see <see cref="ConditionalSetResult"/>. Only <see cref="ConditionalSetResult.Stored"/> has written anything.
    /// </returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed; the write may or may not have taken effect.</exception>
    ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    );
}
