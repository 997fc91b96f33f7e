namespace ServerSessions;

/// <summary>
/// Hardened: a store whose backend does not remove expired sessions by itself. ServerSessions.AspNetCore calls <see cref="PruneAsync"/> at
/// intervals on the store that is registered, unless <see cref="PrunesItself"/>.
/// </summary>
public interface IPrunableSessionStore : ISessionStore
{
    /// <summary>
    /// Whether the store calls <see cref="PruneAsync"/> by itself, with a timer of its own, so that no other does. Constant for the life of
    /// the store. A store that wraps another gives the other's.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    bool PrunesItself => false;

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
