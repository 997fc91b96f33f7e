namespace ServerSessions.Tests;

/// <summary>A store that cannot compare and set.</summary>
internal sealed class PlainStore(RecordingStore inner) : UntouchableStore(inner), ITouchableSessionStore
{
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        Inner.TouchAsync(sid, record, cancellationToken);
}
