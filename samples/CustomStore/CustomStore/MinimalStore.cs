using System.Collections.Concurrent;
using ServerSessions;

namespace CustomStore;

/// <summary>
/// The smallest session store: get, set and destroy, in the memory of this process. An expired session stays there until it is read.
/// </summary>
public sealed class MinimalStore(TimeProvider? timeProvider = null) : ISessionStore
{
    private readonly TimeProvider _clock = timeProvider ?? TimeProvider.System;
    private readonly ConcurrentDictionary<string, SessionRecord> _sessions = new(StringComparer.Ordinal);

    public TimeSpan DefaultLifetime { get; init; } = TimeSpan.FromDays(1);

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_sessions.TryGetValue(sid, out var record))
        {
            return ValueTask.FromResult<SessionRecord?>(null);
        }

        if (record.Expires <= _clock.GetUtcNow())
        {
            // Removes only this record: a concurrent set may have stored another one.
            _sessions.TryRemove(KeyValuePair.Create(sid, record));
            return ValueTask.FromResult<SessionRecord?>(null);
        }

        return ValueTask.FromResult<SessionRecord?>(record);
    }

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        cancellationToken.ThrowIfCancellationRequested();
        var now = _clock.GetUtcNow();
        var expires = record.Expires ?? now + DefaultLifetime;
        if (expires <= now)
        {
            _sessions.TryRemove(sid, out _);
        }
        else
        {
            // A record never changes, so its bytes need no copy.
            _sessions[sid] = SessionRecord.TakeOwnership(record.Payload, expires);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        cancellationToken.ThrowIfCancellationRequested();
        _sessions.TryRemove(sid, out _);
        return ValueTask.CompletedTask;
    }
}
