namespace ServerSessions.Payload;

/// <summary>The value of <c>originalMaxAge</c>: whole milliseconds, or one of the ways of having none.</summary>
internal readonly record struct CookieMaxAge(TimeSpan? Span, CookieAbsence Absence)
{
    public static CookieMaxAge Null => new(null, CookieAbsence.Null);

    public static CookieMaxAge Of(TimeSpan? span) =>
        new(span is { } s ? new TimeSpan(s.Ticks - (s.Ticks % TimeSpan.TicksPerMillisecond)) : null, CookieAbsence.Null);

    /// <summary>From a JSON number; one beyond what a span can hold becomes the longest there is.</summary>
    public static CookieMaxAge OfMilliseconds(double milliseconds) =>
        Of(
            Math.Abs(milliseconds) < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds((long)milliseconds)
            : milliseconds < 0 ? TimeSpan.MinValue
            : TimeSpan.MaxValue
        );
}
