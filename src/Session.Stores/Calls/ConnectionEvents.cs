using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores;

/// <summary>
/// The events <see cref="ISessionStore.Connected"/> and <see cref="ISessionStore.Disconnected"/> of a store. Logs each change and calls
/// every handler. An exception of a handler is logged, and stops neither the caller nor other handlers.
/// </summary>
/// <param name="store">The sender of the events.</param>
/// <param name="place">The backend, as <see cref="StoreLog.Disconnected"/> takes it.</param>
/// <param name="logger">The logger.</param>
public sealed class ConnectionEvents(ISessionStore store, string place, ILogger logger)
{
    /// <summary>Occurs when the backend can be reached again.</summary>
    public event EventHandler? Connected;

    /// <summary>Occurs when the backend cannot be reached any more.</summary>
    public event EventHandler? Disconnected;

    /// <summary>Reports a change. Call it once for each change, never concurrently.</summary>
    /// <param name="isReachable">Whether the backend can be reached now.</param>
    public void Report(bool isReachable)
    {
        if (isReachable)
        {
            StoreLog.Connected(logger, place);
            Raise(Connected);
        }
        else
        {
            StoreLog.Disconnected(logger, place);
            Raise(Disconnected);
        }
    }

    private void Raise(EventHandler? handlers)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(store, EventArgs.Empty);
            }
            catch (Exception error)
            {
                // A handler may throw any exception.
                StoreLog.HandlerFailed(logger, error);
            }
        }
    }
}
