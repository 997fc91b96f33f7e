using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>The rules for cookie options: those of <see cref="CookieRules"/>, and the ranges of members that only options have.</summary>
internal static class CookieOptionsRules
{
    /// <summary>Returns what no setting allows: text that would break the header, and undefined enum values.</summary>
    public static IEnumerable<string> CheckGrammar(SessionCookieOptions cookie)
    {
        var probe = new SessionCookie(TimeProvider.System);
        if (Refused(() => probe.Path = cookie.Path) is { } path)
        {
            yield return $"Cookie.Path is refused. {path}";
        }

        if (Refused(() => probe.Domain = cookie.Domain) is { } domain)
        {
            yield return $"Cookie.Domain is refused. {domain}";
        }

        if (!Enum.IsDefined(cookie.Secure))
        {
            yield return $"Cookie.Secure must be one of the values of SessionCookieSecure: "
                + $"{string.Join(", ", Enum.GetNames<SessionCookieSecure>())}.";
        }

        if (!Enum.IsDefined(cookie.SameSite))
        {
            yield return $"Cookie.SameSite must be one of the values of SameSiteMode: {string.Join(", ", Enum.GetNames<SameSiteMode>())}.";
        }

        if (cookie.Priority is { } priority && !Enum.IsDefined(priority))
        {
            yield return $"Cookie.Priority must be one of the values of SessionCookiePriority: "
                + $"{string.Join(", ", Enum.GetNames<SessionCookiePriority>())}, or null.";
        }
    }

    public static IEnumerable<string> Check(string name, SessionCookieOptions cookie, TimeProvider timeProvider)
    {
        foreach (var broken in CheckGrammar(cookie).Concat(CookieRules.CheckAll(name, Settings(cookie))))
        {
            yield return broken;
        }

        if (cookie.SameSiteAuto && cookie.Secure == SessionCookieSecure.Never)
        {
            yield return "Cookie.SameSiteAuto needs Cookie.Secure = Auto or Always: over https it chooses None, and browsers drop a "
                + "cookie with None and without Secure.";
        }

        if (cookie.SameSiteAuto && cookie.SameSite != SameSiteMode.Lax)
        {
            yield return "Cookie.SameSiteAuto chooses None or Lax by the request, and Cookie.SameSite says something else. Remove one "
                + "of the two.";
        }

        if (cookie.MaxAge is { } maxAge && (maxAge < LifetimeRules.ShortestLife || maxAge > CookieRules.LongestLife))
        {
            yield return "Cookie.MaxAge must be 1 second to 400 days, or null for a cookie that ends with the browser. A bare number "
                + "in configuration is days; an hour is \"01:00:00\".";
        }

        if (
            cookie.Expires is { } expires
            && cookie.MaxAge is null
            && !(expires - timeProvider.GetUtcNow() is var left && left > TimeSpan.Zero && left <= CookieRules.LongestLife)
        )
        {
            yield return "Cookie.Expires must be in the future, within 400 days. Use Cookie.MaxAge to give each session its own end.";
        }
    }

    /// <summary>Returns the settings that every cookie with these options has.</summary>
    private static CookieSettings Settings(SessionCookieOptions cookie) =>
        new(
            OriginalMaxAge: null,
            cookie.Path,
            cookie.Domain,
            cookie.HttpOnly,
            Secure: cookie.Secure == SessionCookieSecure.Always,
            cookie.Partitioned,
            SameSiteSpelling.Of(cookie.SameSite),
            cookie.Priority
        );

    private static string? Refused(Action assignment)
    {
        try
        {
            assignment();
            return null;
        }
        catch (ArgumentException refusal)
        {
            // Keeps the rule only, without the "(Parameter 'value')" that .NET appends.
            return refusal.Message.Split(" (Parameter")[0];
        }
    }
}
