namespace ServerSessions.Stores;

/// <summary>A store that can be opened before its first use, so that a wrong configuration stops the host's start.</summary>
public interface IOpenableSessionStore : ISessionStore
{
    /// <summary>
    /// Opens the backend and creates what is missing, such as a table. Idempotent. After a failure, the next call of any kind tries again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once sessions can be stored.</returns>
    /// <exception cref="SessionStoreUnavailableException">The backend cannot be reached.</exception>
    /// <exception cref="SessionStoreException">The backend cannot be used; the message says why and what to do.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken = default);
}
