namespace ServerSessions.Stores.Moving.Tests;

/// <summary>A store that can compare and set, and no more: it has no other beside it, and cannot be listed.</summary>
internal class StoreAlone(IConditionalSessionStore inner) : IConditionalSessionStore
{
    public string Backend => "Alone";

    public virtual ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        inner.GetAsync(sid, cancellationToken);

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        inner.SetAsync(sid, record, cancellationToken);

    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => inner.DestroyAsync(sid, cancellationToken);

    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    ) => inner.TrySetAsync(sid, record, expected, cancellationToken);
}
