namespace ServerSessions.Stores.Sqlite.Statements;

/// <summary>Converts instants to the numbers that Node writes into <c>expired</c>: milliseconds since 1970 in floating point.</summary>
internal static class EpochMilliseconds
{
    /// <summary>Replaces every expiry that is not in the future, so that it is past on every clock.</summary>
    private const double LongPast = 0;

    /// <summary>
    /// Returns the current time for comparisons, without fractions of a millisecond. Expiries are mostly whole milliseconds, so this
    /// compares exactly; a fraction would be rounded (the precision is 0.24 microseconds, a tick is 0.1).
    /// </summary>
    public static double Now(DateTimeOffset now) => now.ToUnixTimeMilliseconds();

    /// <summary>Returns the value to store for an expiry: whole milliseconds, rounded up so that no session ends early.</summary>
    public static double ForExpiry(DateTimeOffset expires, DateTimeOffset now) =>
        expires <= now ? LongPast : expires.ToUnixTimeMilliseconds() + (expires.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1);

    /// <summary>
    /// Returns the instant of a stored number, clamped to the range of <see cref="DateTimeOffset"/>, which is shorter than JavaScript's.
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
