namespace ServerSessions;

/// <summary>Limits a warning that every request, or any client, can cause to one line a minute. Safe for concurrent use.</summary>
internal sealed class RateLimitedWarning(TimeProvider timeProvider)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long _last = long.MinValue;

    /// <summary>Whether a line may be logged. If so, it counts as logged.</summary>
    public bool IsDue()
    {
        var now = timeProvider.GetTimestamp();
        var last = Volatile.Read(ref _last);
        return (last == long.MinValue || timeProvider.GetElapsedTime(last, now) >= Pause)
            && Interlocked.CompareExchange(ref _last, now, last) == last;
    }
}
