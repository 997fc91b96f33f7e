namespace ServerSessions.Payload;

/// <summary>The value of <c>expires</c>: an instant in whole milliseconds, or the way in which it is absent.</summary>
internal readonly record struct CookieExpires(DateTimeOffset? Instant, CookieAbsence Absence)
{
    public static CookieExpires Null => new(null, CookieAbsence.Null);

    /// <summary>Whether <c>expires != null</c> is true in JavaScript: also for <c>false</c>, <c>""</c> and <c>0</c>.</summary>
    public bool IsPresent => Instant is not null || Absence is not (CookieAbsence.Null or CookieAbsence.Undefined);

    public static CookieExpires Of(DateTimeOffset? instant) => new(instant is { } i ? Truncate(i) : null, CookieAbsence.Null);

    /// <summary>
    /// Returns now plus a span, clamped to the range of dates. Without a span there is no instant, and the kind of absence is kept.
    /// </summary>
    public static CookieExpires After(DateTimeOffset now, CookieMaxAge maxAge)
    {
        if (maxAge.Span is not { } span)
        {
            return new(null, maxAge.Absence);
        }

        return Of(
            span > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue
            : span < DateTimeOffset.MinValue - now ? DateTimeOffset.MinValue
            : now + span
        );
    }

    public static DateTimeOffset Truncate(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
