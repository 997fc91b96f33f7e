namespace ServerSessions;

/// <summary>Optional: a store that can list, count and clear its sessions.</summary>
public interface IEnumerableSessionStore : ISessionStore
{
    /// <summary>
    /// Streams every session that is not expired, in no particular order. A session that exists from the first to the last step is yielded
    /// exactly once. One that is stored or removed in between may or may not be yielded.
    /// </summary>
    /// <remarks>
    /// Memory use does not grow with the number of sessions. Exception: if the backend's listing can repeat entries, it costs a digest of
    /// 16 bytes per session. No lock or transaction is held between two steps.
    /// </remarks>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The sessions with their ids.</returns>
    /// <exception cref="SessionStoreException">The backend failed.</exception>
    IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default);

    /// <summary>Counts the sessions that are not expired.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of sessions.</returns>
    /// <exception cref="SessionStoreException">The backend failed.</exception>
    ValueTask<long> LengthAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes every session of this store, expired or not, and nothing of other stores on the same backend. Idempotent. Tables, indexes
    /// and folders stay.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the sessions can no longer be read.</returns>
    /// <exception cref="SessionStoreException">The backend failed; some sessions may have been removed.</exception>
    ValueTask ClearAsync(CancellationToken cancellationToken = default);
}
