namespace Session.Stores.Sqlite.Engine;

/// <summary>
/// How long to wait before a lock is asked for again: 1, 2, 4, 8, 16, then 25 ms, each varied by half, so that many waiters do not ask
/// at once. SQLite tells nobody that a lock is free.
/// </summary>
internal struct Backoff
{
    private const int Longest = 25;

    private int _attempt;

    /// <summary>For pruning, which has time: several processes that prune leave the lock to those who have not.</summary>
    public static TimeSpan Patient() => Varied(Longest);

    public TimeSpan Next() => Varied(Math.Min(1 << Math.Min(_attempt++, 5), Longest));

    private static TimeSpan Varied(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds * (0.5 + Random.Shared.NextDouble()));
}
