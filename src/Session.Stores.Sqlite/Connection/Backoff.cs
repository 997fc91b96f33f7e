namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// The delay before the next attempt to take a lock: 1, 2, 4, 8, 16, then 25 ms, each a random 50 % to 150 %, so that waiters do not try at
/// the same time. SQLite does not signal that a lock is free.
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
