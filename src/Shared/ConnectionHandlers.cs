namespace ServerSessions.Stores;

/// <summary>Calls the handlers of <see cref="ISessionStore.Connected"/> and <see cref="ISessionStore.Disconnected"/>.</summary>
internal static class ConnectionHandlers
{
    /// <summary>A handler that throws against the rule ends no call, no watch and no other handler.</summary>
    public static void Call(EventHandler? handlers, object store, Action<Exception> failed)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(store, EventArgs.Empty);
            }
#pragma warning disable CA1031 // Whatever it is, it is the handler's.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failed(error);
            }
        }
    }
}
