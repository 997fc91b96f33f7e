using ServerSessions.Stores.Memory;

namespace ServerSessions.Tests.Telemetry;

/// <summary>A store of one's own that the host prunes. A prune can be made to fail.</summary>
internal sealed class PrunableStore(TimeProvider clock) : IPrunableSessionStore, IEnumerableSessionStore, IDisposable
{
    // Its own timer must not be the one that prunes.
    private readonly MemorySessionStore _inner = new(new MemorySessionStoreOptions { PruneInterval = TimeSpan.FromDays(1) }, clock);

    public Exception? Fails { get; set; }

    public int Prunes { get; private set; }

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        _inner.GetAsync(sid, cancellationToken);

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        _inner.SetAsync(sid, record, cancellationToken);

    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => _inner.DestroyAsync(sid, cancellationToken);

    public IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default) => _inner.AllAsync(cancellationToken);

    public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default) =>
        Fails is { } failure ? throw failure : _inner.LengthAsync(cancellationToken);

    public ValueTask ClearAsync(CancellationToken cancellationToken = default) => _inner.ClearAsync(cancellationToken);

    public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        Prunes++;
        return Fails is { } failure ? throw failure : _inner.PruneAsync(batch, cancellationToken);
    }

    public void Dispose() => _inner.Dispose();
}
