namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>Instants as Node writes them into <c>expired</c>: milliseconds since 1970 as a floating-point number.</summary>
internal static class EpochMilliseconds
{
    /// <summary>What stands for "not in the future": long past for everyone, however far clocks are apart.</summary>
    private const double LongPast = 0;

    /// <summary>
    /// Now, for comparing. Fractions of a millisecond are dropped: against a whole number, as nearly all expiries are, that compares
    /// exactly, where a fraction would be rounded (the steps of such numbers are 0.24 microseconds, a tick is 0.1).
    /// </summary>
    public static double Now(DateTimeOffset now) => now.ToUnixTimeMilliseconds();

    /// <summary>What to write for an expiry: whole milliseconds, rounded up so that no session ends early.</summary>
    public static double ForExpiry(DateTimeOffset expires, DateTimeOffset now) =>
        expires <= now ? LongPast : expires.ToUnixTimeMilliseconds() + (expires.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1);

    /// <summary>
    /// The instant of a number at rest. What lies outside .NET's calendar (JavaScript's is longer) becomes its nearest end.
    /// </summary>
    public static DateTimeOffset ToInstant(double milliseconds)
    {
        var ticks = milliseconds * TimeSpan.TicksPerMillisecond;
        if (ticks >= DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks)
        {
            return DateTimeOffset.MaxValue;
        }

        return ticks <= -DateTime.UnixEpoch.Ticks ? DateTimeOffset.MinValue : DateTimeOffset.UnixEpoch.AddTicks((long)ticks);
    }
}
