namespace Session;

/// <summary>Hardened: a store whose backend does not remove expired sessions by itself.</summary>
public interface IPrunableSessionStore : ISessionStore
{
    /// <summary>
    /// Removes expired sessions, at most <paramref name="batch"/> of them, so that one call never holds the backend for long.
    /// Sessions that are alive are never removed, not even when touched while this runs. To remove all, call until the answer
    /// is less than the batch.
    /// </summary>
    /// <param name="batch">The most to remove; 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number removed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batch"/> is less than 1.</exception>
    /// <exception cref="SessionStoreException">The backend failed.</exception>
    ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default);
}
