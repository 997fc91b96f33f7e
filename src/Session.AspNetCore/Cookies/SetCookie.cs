using System.Globalization;
using System.Text;

namespace Session;

/// <summary>
/// The Set-Cookie header of a session, attributes in the order and spelling of express-session: Domain, Path, Expires, HttpOnly, Secure,
/// Partitioned, Priority, SameSite. Max-Age is never sent.
/// </summary>
internal static class SetCookie
{
    // What Date.prototype.toUTCString gives for any instant that has passed.
    private static readonly DateTimeOffset LongPast = DateTimeOffset.UnixEpoch;

    /// <summary>The header that gives a browser the session.</summary>
    public static string Format(string name, string signedSid, SessionCookie cookie) =>
        Format(name, PercentEncoding.Encode(signedSid), cookie, cookie.Expires);

    /// <summary>The header that makes a browser drop the session's cookie: same name, domain, path and flags, expired.</summary>
    public static string FormatExpired(string name, SessionCookie cookie) => Format(name, "", cookie, LongPast);

    private static string Format(string name, string value, SessionCookie cookie, DateTimeOffset? expires)
    {
        var header = new StringBuilder(192).Append(name).Append('=').Append(value);

        if (!string.IsNullOrEmpty(cookie.Domain))
        {
            header.Append("; Domain=").Append(cookie.Domain);
        }

        if (!string.IsNullOrEmpty(cookie.Path))
        {
            header.Append("; Path=").Append(cookie.Path);
        }

        if (expires is { } instant)
        {
            header.Append("; Expires=").Append(instant.ToString("r", CultureInfo.InvariantCulture));
        }

        header.Append(cookie.HttpOnly == true ? "; HttpOnly" : "");
        header.Append(cookie.Secure == true ? "; Secure" : "");
        header.Append(cookie.Partitioned == true ? "; Partitioned" : "");
        header.Append(cookie.Priority switch
        {
            SessionCookiePriority.Low => "; Priority=Low",
            SessionCookiePriority.Medium => "; Priority=Medium",
            SessionCookiePriority.High => "; Priority=High",
            _ => "",
        });
        header.Append(cookie.SameSite switch
        {
            SessionSameSite.Lax => "; SameSite=Lax",
            SessionSameSite.Strict or SessionSameSite.True => "; SameSite=Strict",
            SessionSameSite.None => "; SameSite=None",
            _ => "",
        });

        return header.ToString();
    }
}
