using System.Collections.Concurrent;

namespace ServerSessions.Interop.Host.Watching;

/// <summary>The store as the middleware sees it: each call is noted under its name in express-session before it is made.</summary>
internal class WatchedStore : IConditionalSessionStore
{
    private readonly IConditionalSessionStore _store;
    private readonly ConcurrentDictionary<string, bool> _removed = new();

    public WatchedStore(IConditionalSessionStore store, StoreWatch watch)
    {
        _store = store;
        Watch = watch;
        store.Connected += (_, _) => Connect();
        store.Disconnected += (_, _) => Disconnect();
    }

    public event EventHandler? Connected;

    public event EventHandler? Disconnected;

    /// <summary>As express-session takes the ENOENT that a test has this store throw.</summary>
    public bool MissingFileMeansAbsent => true;

    public bool BoundsCalls => _store.BoundsCalls;

    protected StoreWatch Watch { get; }

    /// <summary>Watches a store; one that lacks a capability that express-session's memory store has is left as it is.</summary>
    public static ISessionStore Wrap(ISessionStore store, StoreWatch watch, bool canTouch) =>
        store switch
        {
            IConditionalSessionStore conditional when !canTouch => new WatchedStore(conditional, watch),
            IConditionalSessionStore conditional and ITouchableSessionStore touchable => new TouchableWatchedStore(
                conditional,
                touchable,
                watch
            ),
            _ => store,
        };

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Watch.Note("get");
        return _store.GetAsync(sid, cancellationToken);
    }

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Watch.Note("set");
        return _store.SetAsync(sid, record, cancellationToken);
    }

    public async ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        // By the contract a record that has expired removes the session; where it was absent already a destroy follows. Each is
        // express-session's one destroy.
        var removes = expected is not null && record.Expires == DateTimeOffset.UnixEpoch;
        Watch.Note(removes ? "destroy" : "set");
        var result = await _store.TrySetAsync(sid, record, expected, cancellationToken);
        if (removes && result == ConditionalSetResult.Missing)
        {
            _removed[sid] = true;
        }

        return result;
    }

    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        if (!_removed.TryRemove(sid, out _))
        {
            Watch.Note("destroy");
        }

        return _store.DestroyAsync(sid, cancellationToken);
    }

    public void Connect() => Connected?.Invoke(this, EventArgs.Empty);

    public void Disconnect() => Disconnected?.Invoke(this, EventArgs.Empty);
}

/// <summary>The same of a store that can touch.</summary>
internal sealed class TouchableWatchedStore(IConditionalSessionStore store, ITouchableSessionStore touchable, StoreWatch watch)
    : WatchedStore(store, watch),
        ITouchableSessionStore
{
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Watch.Note("touch");
        return touchable.TouchAsync(sid, record, cancellationToken);
    }
}
