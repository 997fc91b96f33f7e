namespace ServerSessions.Tests;

/// <summary>A store that cannot touch, and cannot compare and set.</summary>
internal class UntouchableStore(RecordingStore inner) : ISessionStore
{
    protected RecordingStore Inner => inner;

    public event EventHandler? Connected
    {
        add => inner.Connected += value;
        remove => inner.Connected -= value;
    }

    public event EventHandler? Disconnected
    {
        add => inner.Disconnected += value;
        remove => inner.Disconnected -= value;
    }

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        inner.GetAsync(sid, cancellationToken);

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        inner.SetAsync(sid, record, cancellationToken);

    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => inner.DestroyAsync(sid, cancellationToken);
}
