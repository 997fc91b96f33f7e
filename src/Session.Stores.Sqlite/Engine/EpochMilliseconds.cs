namespace Session.Stores.Sqlite.Engine;

/// <summary>Instants as Node writes them into <c>expired</c>: milliseconds since 1970 as a floating-point number.</summary>
internal static class EpochMilliseconds
{
    /// <summary>What stands for "not in the future": long past for everyone, however far clocks are apart.</summary>
    private const double LongPast = 0;

    /// <summary>The instant with its fraction, so that a comparison is exact to about a quarter of a microsecond.</summary>
    public static double From(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTime.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerMillisecond;

    /// <summary>What to write for an expiry: whole milliseconds, rounded up so that no session ends early.</summary>
    public static double ForExpiry(DateTimeOffset expires, DateTimeOffset now) =>
        expires <= now ? LongPast : Math.Ceiling(From(expires));

    /// <summary>The instant of a number at rest. What lies outside .NET's calendar (JavaScript's is longer) becomes its nearest end.</summary>
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
