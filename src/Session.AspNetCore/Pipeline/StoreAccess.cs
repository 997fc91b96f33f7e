namespace Session;

/// <summary>The store, with its capabilities looked up once and its connection events heard.</summary>
internal sealed class StoreAccess : IDisposable
{
    private readonly ISessionStore _store;
    private volatile bool _isDisconnected;

    public StoreAccess(ISessionStore store)
    {
        _store = store;
        Touchable = store as ITouchableSessionStore;
        Conditional = store as IConditionalSessionStore;
        store.Disconnected += OnDisconnected;
        store.Connected += OnConnected;
    }

    public ISessionStore Store => _store;

    public ITouchableSessionStore? Touchable { get; }

    public IConditionalSessionStore? Conditional { get; }

    public bool IsDisconnected => _isDisconnected;

    /// <summary>The name of the backend for messages that the library itself writes.</summary>
    public string Backend => _store.GetType().Name;

    /// <summary>Reads a session; the exceptions that stand for "no such entry" become absence.</summary>
    public async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken)
    {
        try
        {
            return await _store.GetAsync(sid, cancellationToken);
        }
        catch (Exception absent) when (absent is SessionNotFoundException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _store.Disconnected -= OnDisconnected;
        _store.Connected -= OnConnected;
    }

    private void OnDisconnected(object? sender, EventArgs e) => _isDisconnected = true;

    private void OnConnected(object? sender, EventArgs e) => _isDisconnected = false;
}
