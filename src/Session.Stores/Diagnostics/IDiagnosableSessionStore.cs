namespace ServerSessions.Stores;

/// <summary>
/// A store that can examine its backend for an operator: version, clock, indexes, expired sessions, settings that lose sessions.
/// <c>session doctor</c> shows the results.
/// </summary>
public interface IDiagnosableSessionStore : ISessionStore
{
    /// <summary>
    /// Examines the backend with reads only. May be slow: a check may read the whole table. What the backend does not disclose is a check
    /// with the outcome <see cref="StoreCheckOutcome.Unknown"/>, not an exception.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The checks, in the order of <see cref="StoreCheckGroup"/>. No text has a session id, a payload or a password.</returns>
    /// <exception cref="SessionStoreException">The backend cannot be used.</exception>
    ValueTask<IReadOnlyList<StoreCheck>> DiagnoseAsync(CancellationToken cancellationToken = default);
}
