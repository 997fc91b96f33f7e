namespace ServerSessions.Stores;

/// <summary>The time of a move: instants for expiries, and elapsed time that does not follow a clock that is set.</summary>
internal sealed class MoveClock(TimeProvider timeProvider)
{
    public TimeProvider TimeProvider => timeProvider;

    public DateTimeOffset Now => timeProvider.GetUtcNow();

    public long Timestamp => timeProvider.GetTimestamp();

    public TimeSpan ElapsedSince(long timestamp) => timeProvider.GetElapsedTime(timestamp);

    /// <summary>
    /// Whether a record with this expiry ends its session. A record without an expiry has the default lifetime of its store.
    /// </summary>
    public bool IsPast(DateTimeOffset? expires) => expires <= Now;

    public static DateTimeOffset Later(DateTimeOffset instant, TimeSpan by) =>
        by < DateTimeOffset.MaxValue - instant ? instant + by : DateTimeOffset.MaxValue;
}
