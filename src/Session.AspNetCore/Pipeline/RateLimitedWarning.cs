namespace ServerSessions;

/// <summary>Lets one line a minute through for what every request, or any client, can bring about. Safe for concurrent use.</summary>
internal sealed class RateLimitedWarning(TimeProvider timeProvider)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long _last = long.MinValue;

    /// <summary>Whether it is time for a line; it then counts as written.</summary>
    public bool IsDue()
    {
        var now = timeProvider.GetTimestamp();
        var last = Volatile.Read(ref _last);
        return (last == long.MinValue || timeProvider.GetElapsedTime(last, now) >= Pause)
            && Interlocked.CompareExchange(ref _last, now, last) == last;
    }
}
