using System.Collections.Concurrent;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>A dictionary of byte arrays and expiries.</summary>
internal sealed class RawMemory : IRawStore
{
    private readonly ConcurrentDictionary<string, (byte[] Payload, DateTimeOffset Expires)> _sessions = new(StringComparer.Ordinal);

    public ValueTask CreateAsync(string sid, byte[] payload)
    {
        _sessions[sid] = (payload, Floor.Expires());
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> ReadAsync(string sid)
    {
        if (!_sessions.TryGetValue(sid, out var session))
        {
            return ValueTask.FromResult(false);
        }

        _sessions[sid] = session with { Expires = Floor.Expires() };
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> WriteAsync(string sid)
    {
        if (!_sessions.TryGetValue(sid, out var session))
        {
            return ValueTask.FromResult(false);
        }

        _sessions[sid] = (session.Payload.AsSpan().ToArray(), Floor.Expires());
        return ValueTask.FromResult(true);
    }
}
