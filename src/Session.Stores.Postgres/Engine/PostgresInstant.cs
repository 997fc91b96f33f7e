namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// Instants as <c>timestamptz</c> has them on the wire: microseconds since 2000-01-01 UTC. Numbers, and not <see cref="DateTime"/>, because
/// what the driver makes of a <see cref="DateTime"/> depends on switches of the whole process, and because they reach further than .NET's
/// calendar.
/// </summary>
internal static class PostgresInstant
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;
    private const long MicrosecondsPerSecond = 1_000_000;

    private static readonly long EpochTicks = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    /// <summary>What stands for "not in the future": 1970, long past for everyone, however far clocks are apart.</summary>
    private static readonly long LongPast = (DateTime.UnixEpoch.Ticks - EpochTicks) / TicksPerMicrosecond;

    /// <summary>Now, for comparing. Fractions of a microsecond are dropped: against what a column can hold that compares exactly.</summary>
    public static long Now(DateTimeOffset now) => (now.UtcTicks / TicksPerMicrosecond) - (EpochTicks / TicksPerMicrosecond);

    /// <summary>
    /// What to write for an expiry: whole seconds, rounded up, as connect-pg-simple does. It compares with the next whole second, so a
    /// fraction would end the session early on the Node side.
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

    /// <summary>The instant of a number at rest. What lies outside .NET's calendar, <c>infinity</c> too, becomes its nearest end.</summary>
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
