namespace Session;

/// <summary>A session cookie without its expiry, which every request moves: what a request changes on purpose.</summary>
internal static class CookieSettings
{
    public static bool AreEqual(SessionCookie left, SessionCookie right) =>
        left.OriginalMaxAge == right.OriginalMaxAge
        && left.Path == right.Path
        && left.Domain == right.Domain
        && left.HttpOnly == right.HttpOnly
        && left.Secure == right.Secure
        && left.Partitioned == right.Partitioned
        && left.SameSite == right.SameSite
        && left.Priority == right.Priority;

    public static SessionCookie Copy(SessionCookie cookie, TimeProvider timeProvider) => new(timeProvider)
    {
        OriginalMaxAge = cookie.OriginalMaxAge,
        Path = cookie.Path,
        Domain = cookie.Domain,
        HttpOnly = cookie.HttpOnly,
        Secure = cookie.Secure,
        Partitioned = cookie.Partitioned,
        SameSite = cookie.SameSite,
        Priority = cookie.Priority,
    };
}
