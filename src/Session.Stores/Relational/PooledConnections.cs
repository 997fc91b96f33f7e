using System.Collections.Concurrent;

namespace ServerSessions.Stores.Relational;

/// <summary>
/// Knows which connections of a pool replied a short time ago. The others may have died at rest, so they are tested before a write that
/// must not be repeated. Thread safe.
/// </summary>
/// <param name="size">The most connections of the pool; 0 without a pool, whose connections are all new.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class PooledConnections(int size, TimeProvider timeProvider)
{
    // A connection in steady use is never tested. One round trip every half second is no load.
    private static readonly TimeSpan MaxRest = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<long, long> _replies = new();

    /// <summary>Whether a connection replied less than half a second ago, and none has been found broken since.</summary>
    /// <param name="id">The connection.</param>
    public bool IsFresh(long id) =>
        size == 0 || (_replies.TryGetValue(id, out var replied) && timeProvider.GetElapsedTime(replied) < MaxRest);

    /// <summary>Notes a reply.</summary>
    /// <param name="id">The connection.</param>
    public void Replied(long id)
    {
        if (size == 0)
        {
            return;
        }

        // Ids of closed connections remain. Count takes every lock of the dictionary, so only a new connection looks.
        if (!_replies.ContainsKey(id) && _replies.Count >= 2 * size)
        {
            _replies.Clear();
        }

        _replies[id] = timeProvider.GetTimestamp();
    }

    /// <summary>Notes that a connection was found broken: each other one is tested before its next write.</summary>
    public void Broke() => _replies.Clear();
}
