using System.Globalization;
using System.Runtime.CompilerServices;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Formats the Set-Cookie header of a session. Attributes have the order and spelling of express-session: Domain, Path, Expires, HttpOnly,
/// Secure, Partitioned, Priority, SameSite. Max-Age, which express-session never sends, comes first, as in Node's package cookie.
/// </summary>
internal static class SetCookie
{
    // The text of Date.prototype.toUTCString for a past instant.
    private static readonly DateTimeOffset LongPast = DateTimeOffset.UnixEpoch;

    /// <summary>Returns the header that sets the session's cookie.</summary>
    /// <param name="name">The cookie's name.</param>
    /// <param name="value">The signed sid, percent-encoded.</param>
    /// <param name="cookie">The attributes.</param>
    /// <param name="withMaxAge">Whether to send the remaining time in addition to the expiry.</param>
    public static string Format(string name, ReadOnlySpan<char> value, SessionCookie cookie, bool withMaxAge) =>
        Format(name, value, cookie, cookie.Expires, withMaxAge ? cookie.MaxAge : null);

    /// <summary>Returns the header that removes the session's cookie: same name, domain, path and flags, expired.</summary>
    public static string FormatExpired(string name, SessionCookie cookie, bool withMaxAge) =>
        Format(name, "", cookie, LongPast, withMaxAge ? TimeSpan.Zero : null);

    /// <summary>Whether a Set-Cookie header sets the cookie of this name, parsed as browsers do.</summary>
    public static bool IsNamed(string setCookie, string name)
    {
        var equals = setCookie.IndexOf('=', StringComparison.Ordinal);
        return equals >= name.Length && setCookie.AsSpan(0, equals).Trim(" \t").SequenceEqual(name);
    }

    private static string Format(string name, ReadOnlySpan<char> value, SessionCookie cookie, DateTimeOffset? expires, TimeSpan? maxAge)
    {
        var header = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[512]);
        header.AppendLiteral(name);
        header.AppendLiteral("=");
        header.AppendFormatted(value);

        if (maxAge is { } left)
        {
            // Rounded down, like Expires, so that the cookie does not outlive its session.
            header.AppendLiteral("; Max-Age=");
            header.AppendFormatted(Math.Clamp((long)left.TotalSeconds, 0, (long)CookieRules.LongestLife.TotalSeconds));
        }

        if (!string.IsNullOrEmpty(cookie.Domain))
        {
            header.AppendLiteral("; Domain=");
            header.AppendLiteral(cookie.Domain);
        }

        if (!string.IsNullOrEmpty(cookie.Path))
        {
            header.AppendLiteral("; Path=");
            header.AppendLiteral(cookie.Path);
        }

        if (expires is { } instant)
        {
            header.AppendLiteral("; Expires=");
            header.AppendFormatted(instant, "r");
        }

        AppendFlags(ref header, cookie);
        return header.ToStringAndClear();
    }

    private static void AppendFlags(ref DefaultInterpolatedStringHandler header, SessionCookie cookie)
    {
        header.AppendLiteral(cookie.HttpOnly == true ? "; HttpOnly" : "");
        header.AppendLiteral(cookie.Secure == true ? "; Secure" : "");
        header.AppendLiteral(cookie.Partitioned == true ? "; Partitioned" : "");
        header.AppendLiteral(
            cookie.Priority switch
            {
                SessionCookiePriority.Low => "; Priority=Low",
                SessionCookiePriority.Medium => "; Priority=Medium",
                SessionCookiePriority.High => "; Priority=High",
                _ => "",
            }
        );
        header.AppendLiteral(
            cookie.SameSite switch
            {
                SessionSameSite.Lax => "; SameSite=Lax",
                SessionSameSite.Strict or SessionSameSite.True => "; SameSite=Strict",
                SessionSameSite.None => "; SameSite=None",
                _ => "",
            }
        );
    }
}
