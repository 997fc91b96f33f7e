namespace ServerSessions;

/// <summary>
/// Hardened: a store with an atomic compare-and-set. Parallel requests then keep each other's changes, and a destroyed session stays
/// destroyed.
/// </summary>
public interface IConditionalSessionStore : ISessionStore
{
    /// <summary>Stores a session only if the stored record is the expected one. Comparing and writing are one atomic step.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">
    /// The record to store, as for <see cref="ISessionStore.SetAsync"/>. If its expiry is not in the future, the session becomes absent and
    /// nothing of it stays at rest. The result is then also <see cref="ConditionalSetResult.Stored"/>.
    /// </param>
    /// <param name="expected">
    /// A record that this store returned for this sid, or one that was stored under it. The write happens only if the session exists with
    /// this content. A touch in between does not change the content. <see langword="null"/>: the session must be absent. A store compares
    /// <see cref="SessionRecord.Token"/> if the record has one; otherwise the payload. If it cannot compare, it returns
    /// <see cref="ConditionalSetResult.Changed"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// What happened; see <see cref="ConditionalSetResult"/>. <see cref="ConditionalSetResult.Stored"/> means that this call has written,
    /// once; <see cref="ConditionalSetResult.Uncertain"/> that it may have. Of parallel calls that expect the same record one at most gets
    /// <see cref="ConditionalSetResult.Stored"/>, also if their records are equal.
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
