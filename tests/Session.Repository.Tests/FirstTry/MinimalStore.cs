using System.Collections.Concurrent;
using ServerSessions;

namespace CustomStore.FirstTry;

public sealed class MinimalStore : ISessionStore
{
    private readonly ConcurrentDictionary<string, SessionRecord> _sessions = new();

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_sessions.GetValueOrDefault(sid));

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        _sessions[sid] = record;
        return ValueTask.CompletedTask;
    }

    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        _sessions.TryRemove(sid, out _);
        return ValueTask.CompletedTask;
    }
}
