namespace ServerSessions.Stores.Postgres.Statements;

/// <summary>
/// Converts instants to the wire format of <c>timestamptz</c>: microseconds since 2000-01-01 UTC. Numbers are used, because the driver's
/// conversion of <see cref="DateTime"/> depends on process-wide switches, and because they exceed the range of .NET.
/// </summary>
internal static class PostgresInstant
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;
    private const long MicrosecondsPerSecond = 1_000_000;

    private static readonly long EpochTicks = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    /// <summary>1970: replaces every expiry that is not in the future, so that it is past on every clock.</summary>
    private static readonly long LongPast = (DateTime.UnixEpoch.Ticks - EpochTicks) / TicksPerMicrosecond;

    /// <summary>Returns the current time for comparisons, in whole microseconds, the precision of a column.</summary>
    public static long Now(DateTimeOffset now) => (now.UtcTicks / TicksPerMicrosecond) - (EpochTicks / TicksPerMicrosecond);

    /// <summary>
    /// Returns the value to store for an expiry: whole seconds, rounded up. connect-pg-simple compares with the next whole second, so a
    /// fraction would end the session early in Node.
    /// </summary>
    public static long ForExpiry(DateTimeOffset expires, DateTimeOffset now)
    {
        if (expires <= now)
        {
            return LongPast;
        }

        var seconds = (expires.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        return (seconds - (EpochTicks / TimeSpan.TicksPerSecond)) * MicrosecondsPerSecond;
    }

    /// <summary>Returns the instant of a stored number, clamped to the range of <see cref="DateTimeOffset"/>; also
    /// <c>infinity</c>.</summary>
    public static DateTimeOffset ToInstant(long microseconds)
    {
        if (microseconds >= (DateTime.MaxValue.Ticks - EpochTicks) / TicksPerMicrosecond)
        {
            return DateTimeOffset.MaxValue;
        }

        return microseconds <= -EpochTicks / TicksPerMicrosecond
            ? DateTimeOffset.MinValue
            : new DateTimeOffset(EpochTicks + (microseconds * TicksPerMicrosecond), TimeSpan.Zero);
    }
}
