using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>The session cookie's settings without its expiry, which every request moves.</summary>
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

/// <summary>The complete state of a session cookie, for detecting changes.</summary>
internal readonly record struct CookieState(CookieSettings Settings, DateTimeOffset? Expires, bool HasExpires)
{
    public static CookieState Of(SessionCookie cookie) => new(CookieSettings.Of(cookie), cookie.Expires, cookie.HasExpires);
}
