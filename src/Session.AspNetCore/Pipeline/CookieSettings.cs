using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>What a request changes of a session cookie on purpose, without its expiry, which every request moves.</summary>
internal readonly record struct CookieSettings(
    TimeSpan? OriginalMaxAge,
    string? Path,
    string? Domain,
    bool? HttpOnly,
    bool? Secure,
    bool? Partitioned,
    SessionSameSite? SameSite,
    SessionCookiePriority? Priority
)
{
    public static CookieSettings Of(SessionCookie cookie) =>
        new(
            cookie.OriginalMaxAge,
            cookie.Path,
            cookie.Domain,
            cookie.HttpOnly,
            cookie.Secure,
            cookie.Partitioned,
            cookie.SameSite,
            cookie.Priority
        );
}

/// <summary>All that stands in a session cookie, so that it can be seen later whether it has changed.</summary>
internal readonly record struct CookieState(CookieSettings Settings, DateTimeOffset? Expires, bool HasExpires)
{
    public static CookieState Of(SessionCookie cookie) => new(CookieSettings.Of(cookie), cookie.Expires, cookie.HasExpires);
}
