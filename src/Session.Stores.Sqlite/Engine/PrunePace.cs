namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// How long pruning leaves the file alone before its next batch: nothing where nobody else writes. Where another process had the lock,
/// twice as long as before, and a millisecond less after each batch that found it free. Many processes that prune at once so leave most of
/// the time to calls, which have to ask for the lock again and again.
/// </summary>
internal sealed class PrunePace
{
    private const int Longest = 32;

    private int _milliseconds;

    public TimeSpan Pause => TimeSpan.FromMilliseconds(Volatile.Read(ref _milliseconds));

    /// <summary>A batch is done.</summary>
    /// <param name="wasLocked">Whether another's lock was waited for since the last one.</param>
    public void Note(bool wasLocked)
    {
        var before = Volatile.Read(ref _milliseconds);
        Volatile.Write(ref _milliseconds, wasLocked ? Math.Min(Math.Max(before * 2, 1), Longest) : Math.Max(before - 1, 0));
    }
}
