using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// The expiry between an instant and <c>__lastAccess</c>. session-file-store ends a session once <c>__lastAccess</c> plus
/// <c>cookie.originalMaxAge</c>, or plus its default lifetime where that is none or zero, has passed. So this is what <c>__lastAccess</c>
/// is made from, and any expiry can be told exactly.
/// </summary>
internal sealed class SessionExpiry(TimeSpan defaultLifetime)
{
    private readonly double _defaultMilliseconds = Math.Ceiling(defaultLifetime.TotalMilliseconds);

    /// <summary>When a record is to end.</summary>
    public DateTimeOffset Of(DateTimeOffset? expires, DateTimeOffset now) =>
        expires ?? (defaultLifetime < DateTimeOffset.MaxValue - now ? now + defaultLifetime : DateTimeOffset.MaxValue);

    /// <summary>
    /// The value that ends a session with this cookie at that instant; whole milliseconds, rounded up so that none ends early.
    /// </summary>
    /// <exception cref="SessionPayloadException">The cookie is not one that express-session can work with.</exception>
    public long ToLastAccess(DateTimeOffset expires, SessionDocument document) =>
        (long)(expires.ToUnixTimeMilliseconds() + (expires.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1) - Lifetime(document));

    /// <summary>When a session with this cookie ends. What lies outside .NET's calendar becomes its nearest end.</summary>
    /// <exception cref="SessionPayloadException">The cookie is not one that express-session can work with.</exception>
    public DateTimeOffset ToExpires(double lastAccess, SessionDocument document)
    {
        var milliseconds = lastAccess + Lifetime(document);
        if (milliseconds >= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return DateTimeOffset.MaxValue;
        }

        return milliseconds <= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.MinValue
            : DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Ceiling(milliseconds));
    }

    private double Lifetime(SessionDocument document)
    {
        // The clock is for members that are not read here.
        var maxAge = SessionCookie.Parse(document.CookieJson.Span, TimeProvider.System).OriginalMaxAge;
        return maxAge is { } span && span != TimeSpan.Zero ? Math.Truncate(span.TotalMilliseconds) : _defaultMilliseconds;
    }
}
