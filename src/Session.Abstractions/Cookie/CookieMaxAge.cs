namespace ServerSessions.Payload;

/// <summary>The value of <c>originalMaxAge</c>: whole milliseconds, or the way in which it is absent.</summary>
internal readonly record struct CookieMaxAge(TimeSpan? Span, CookieAbsence Absence)
{
    public static CookieMaxAge Null => new(null, CookieAbsence.Null);

    public static CookieMaxAge Of(TimeSpan? span) =>
        new(span is { } s ? new TimeSpan(s.Ticks - (s.Ticks % TimeSpan.TicksPerMillisecond)) : null, CookieAbsence.Null);

    /// <summary>Converts a JSON number. A number beyond the range of <see cref="TimeSpan"/> becomes its longest value.</summary>
    public static CookieMaxAge OfMilliseconds(double milliseconds) =>
        Of(
            Math.Abs(milliseconds) < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds((long)milliseconds)
            : milliseconds < 0 ? TimeSpan.MinValue
            : TimeSpan.MaxValue
        );
}
