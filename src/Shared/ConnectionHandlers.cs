namespace ServerSessions.Stores;

/// <summary>Calls the handlers of <see cref="ISessionStore.Connected"/> and <see cref="ISessionStore.Disconnected"/>.</summary>
internal static class ConnectionHandlers
{
    /// <summary>Calls all handlers. An exception of a handler is reported and stops neither the caller nor other handlers.</summary>
    public static void Call(EventHandler? handlers, object store, Action<Exception> failed)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(store, EventArgs.Empty);
            }
#pragma warning disable CA1031 // A handler may throw any exception.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failed(error);
            }
        }
    }
}
