namespace ServerSessions;

/// <summary>
/// Hardened: a store whose backend does not remove expired sessions by itself. ServerSessions.AspNetCore calls <see cref="PruneAsync"/> at
/// intervals on the registered store, unless <see cref="PrunesItself"/> is <see langword="true"/>.
/// </summary>
public interface IPrunableSessionStore : ISessionStore
{
    /// <summary>
    /// Whether the store calls <see cref="PruneAsync"/> with its own timer, so that consumers do not. Never changes. A store that wraps
    /// another returns the value of the wrapped store.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    bool PrunesItself => false;

    /// <summary>
    /// Removes at most <paramref name="batch"/> expired sessions, so that one call never holds the backend for long. Never removes a live
    /// session, even if it is touched during the call. To remove all, call until the result is less than the batch.
    /// </summary>
    /// <param name="batch">The most sessions to remove; 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of removed sessions.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batch"/> is less than 1.</exception>
    /// <exception cref="SessionStoreException">The backend failed.</exception>
    ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default);
}
