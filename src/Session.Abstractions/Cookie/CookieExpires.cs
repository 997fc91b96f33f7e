namespace ServerSessions.Payload;

/// <summary>The value of <c>expires</c>: an instant in whole milliseconds, or one of the ways of having none.</summary>
internal readonly record struct CookieExpires(DateTimeOffset? Instant, CookieAbsence Absence)
{
    public static CookieExpires Null => new(null, CookieAbsence.Null);

    /// <summary>What <c>expires != null</c> says in JavaScript: <c>false</c>, <c>""</c> and <c>0</c> are there too.</summary>
    public bool IsPresent => Instant is not null || Absence is not (CookieAbsence.Null or CookieAbsence.Undefined);

    public static CookieExpires Of(DateTimeOffset? instant) => new(instant is { } i ? Truncate(i) : null, CookieAbsence.Null);

    /// <summary>Now plus a span, kept within what a date can hold; no span gives no instant, in the same way of having none.</summary>
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
