using ServerSessions.Stores;

namespace ServerSessions.Testing;

// The opening of the store behind this one.
public partial class FaultySessionStore : IOpenableSessionStore
{
    /// <summary>
    /// Opens the store behind this one; a fault of <see cref="SessionStoreOperation.Open"/> meets it. Does nothing, and is no call, if that
    /// is no <see cref="IOpenableSessionStore"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once sessions can be stored.</returns>
    /// <exception cref="SessionStoreException">The store cannot be used, or a fault was injected.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        if (_inner is IOpenableSessionStore store)
        {
            await CallAsync(
                SessionStoreOperation.Open,
                () => DoneAsync(store.OpenAsync(cancellationToken)),
                cancellationToken
            ).ConfigureAwait(false);
        }
    }
}
