namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// How long to wait before a lock is asked for again: 1, 2, 4, 8, 16, then 25 ms, each varied by half, so that many waiters do not ask
/// at once. SQLite tells nobody that a lock is free.
/// </summary>
internal struct Backoff
{
    private int _attempt;

    public TimeSpan Next()
    {
        var milliseconds = Math.Min(1 << Math.Min(_attempt++, 5), 25);
        return TimeSpan.FromMilliseconds(milliseconds * (0.5 + Random.Shared.NextDouble()));
    }
}
