namespace ServerSessions;

/// <summary>Optional: a store that can list, count and clear its sessions.</summary>
public interface IEnumerableSessionStore : ISessionStore
{
    /// <summary>
    /// Streams every session that is not expired, in no particular order and in memory that does not grow with what is stored (a backend
    /// whose own listing repeats itself costs a digest of 16 bytes a session). A session that is there from the first to the last step is
    /// yielded exactly once; one that comes or goes meanwhile may be yielded or not. No lock or transaction is held between two steps.
    /// </summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The sessions, each with its id.</returns>
    /// <exception cref="SessionStoreException">The backend failed.</exception>
    IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default);

    /// <summary>Counts the sessions that are not expired.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of sessions.</returns>
    /// <exception cref="SessionStoreException">The backend failed.</exception>
    ValueTask<long> LengthAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes every session of this store, expired or not, and nothing that belongs to another store on the same backend.
    /// Idempotent. Tables, indexes, folders and the like stay.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the sessions can no longer be read.</returns>
    /// <exception cref="SessionStoreException">The backend failed; some sessions may be gone.</exception>
    ValueTask ClearAsync(CancellationToken cancellationToken = default);
}
