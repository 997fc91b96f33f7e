using System.Collections.Concurrent;

namespace ServerSessions.Tests.Events;

/// <summary>A store that returns a record also after its expiry, as one does whose clock is behind.</summary>
internal sealed class EverlastingStore : ISessionStore
{
    private readonly ConcurrentDictionary<string, SessionRecord> _records = new();

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_records.GetValueOrDefault(sid));

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        _records[sid] = record;
        return default;
    }

    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        _records.TryRemove(sid, out _);
        return default;
    }
}
