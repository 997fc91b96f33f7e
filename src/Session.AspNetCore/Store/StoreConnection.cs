namespace ServerSessions;

/// <summary>Whether the store reports itself disconnected. Shared by all that reach the store, since its events are heard once.</summary>
internal sealed class StoreConnection : IDisposable
{
    private readonly ISessionStore _store;
    private volatile bool _isLost;

    public StoreConnection(ISessionStore store)
    {
        _store = store;
        store.Disconnected += OnDisconnected;
        store.Connected += OnConnected;
    }

    public bool IsLost => _isLost;

    public void Dispose()
    {
        _store.Disconnected -= OnDisconnected;
        _store.Connected -= OnConnected;
    }

    private void OnDisconnected(object? sender, EventArgs e) => _isLost = true;

    private void OnConnected(object? sender, EventArgs e) => _isLost = false;
}
