using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Statements;

/// <summary>
/// Converts an expiry to and from <c>__lastAccess</c>. session-file-store ends a session at <c>__lastAccess</c> plus
/// <c>cookie.originalMaxAge</c>, or plus its default lifetime if that is absent or zero. The value is chosen so that every expiry is exact.
/// </summary>
internal sealed class SessionExpiry(TimeSpan defaultLifetime)
{
    private readonly double _defaultMilliseconds = Math.Ceiling(defaultLifetime.TotalMilliseconds);

    /// <summary>
    /// Returns the value that ends a session with this cookie at an instant: whole milliseconds, rounded up so that no session ends early.
    /// </summary>
    /// <exception cref="SessionPayloadException">express-session cannot use the cookie.</exception>
    public long ToLastAccess(DateTimeOffset expires, SessionDocument document) =>
        (long)(expires.ToUnixTimeMilliseconds() + (expires.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1) - Lifetime(document));

    /// <summary>Returns the expiry of a session with this cookie, clamped to the range of <see cref="DateTimeOffset"/>.</summary>
    /// <exception cref="SessionPayloadException">express-session cannot use the cookie.</exception>
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
        // The clock only affects members that are not read here.
        var maxAge = SessionCookie.Parse(document.CookieJson.Span, TimeProvider.System).OriginalMaxAge;
        return maxAge is { } span && span != TimeSpan.Zero ? Math.Truncate(span.TotalMilliseconds) : _defaultMilliseconds;
    }
}
