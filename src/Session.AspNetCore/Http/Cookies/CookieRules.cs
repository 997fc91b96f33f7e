using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The rules by which browsers drop a cookie or an attribute of it (RFC 6265bis, "layered cookies", CHIPS). They apply to a cookie before
/// it is sent, and to the options.
/// </summary>
internal static class CookieRules
{
    /// <summary>The longest name and value of a cookie in bytes. Browsers drop a longer cookie.</summary>
    public const int MaxCookieLength = 4096;

    /// <summary>The longest lifetime of a cookie in browsers (RFC 6265bis, section 5.5).</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(400);

    // Browsers ignore a longer attribute value.
    private const int MaxAttributeLength = 1024;

    // The longer prefix first. Browsers compare prefixes without regard to case.
    private static readonly string[] Prefixes = ["__Host-Http-", "__Http-", "__Host-", "__Secure-"];

    private delegate string? Rule(string name, in CookieSettings cookie);

    private static readonly Rule[] Rules =
    [
        static (string _, in CookieSettings cookie) =>
            cookie.Path?.Length > MaxAttributeLength || cookie.Domain?.Length > MaxAttributeLength
                ? $"Cookie.Path and Cookie.Domain may have {MaxAttributeLength} characters at most: browsers ignore longer ones."
                : null,
        static (string _, in CookieSettings cookie) =>
            cookie.SameSite == SessionSameSite.None && cookie.Secure != true
                ? "Cookie.SameSite = None needs Cookie.Secure: browsers drop the cookie otherwise. (Among the options, SameSiteAuto "
                    + "chooses None over https only.)"
                : null,
        static (string _, in CookieSettings cookie) =>
            cookie.Partitioned == true && cookie.Secure != true
                ? "Cookie.Partitioned needs Cookie.Secure: browsers drop the cookie otherwise."
                : null,
        static (string _, in CookieSettings cookie) =>
            cookie.SameSite is { } sameSite && !Enum.IsDefined(sameSite)
                ? "Cookie.SameSite must be one of the values of SessionSameSite, or null."
                : null,
        static (string _, in CookieSettings cookie) =>
            cookie.Priority is { } priority && !Enum.IsDefined(priority)
                ? "Cookie.Priority must be one of the values of SessionCookiePriority, or null."
                : null,
        static (string _, in CookieSettings cookie) =>
            cookie.OriginalMaxAge > LongestLife
                ? "Cookie.MaxAge is longer than 400 days, the longest that browsers keep a cookie."
                : null,
        static (string name, in CookieSettings cookie) => CheckPrefix(name, cookie),
    ];

    /// <summary>Returns the first rule that a cookie breaks, or <see langword="null"/>. Allocates nothing if no rule is broken.</summary>
    public static string? Check(string name, in CookieSettings cookie)
    {
        foreach (var rule in Rules)
        {
            if (rule(name, cookie) is { } broken)
            {
                return broken;
            }
        }

        return null;
    }

    /// <summary>
    /// Checks that name and value of a session's cookie are not too long for browsers. Only ids from <c>GenerateSid</c> can be too long.
    /// </summary>
    public static string? CheckLength(string name, string sid)
    {
        // A character has at most 9 encoded ones: 3 bytes of UTF-8 with 3 characters each.
        var isSurelyShort = (sid.Length * 9) + CookieSigner.SignatureValueLength + name.Length <= MaxCookieLength;
        return isSurelyShort || PercentEncoding.Encode(sid).Length + CookieSigner.SignatureValueLength + name.Length <= MaxCookieLength
            ? null
            : $"The session id that ServerSessionOptions.GenerateSid returned is too long: the cookie would exceed {MaxCookieLength} "
                + $"bytes, and browsers drop it. Return a shorter id.";
    }

    /// <summary>Returns all rules that a cookie breaks.</summary>
    public static IEnumerable<string> CheckAll(string name, CookieSettings cookie) =>
        Rules.Select(rule => rule(name, cookie)).OfType<string>();

    /// <summary>Returns what is wrong with the name, independent of the attributes.</summary>
    public static IEnumerable<string> CheckName(string name)
    {
        if (name.Length + CookieSigner.MaxValueLength > MaxCookieLength)
        {
            yield return $"ServerSessionOptions.Cookie.Name is too long: with the longest session id the cookie would exceed "
                + $"{MaxCookieLength} bytes, and browsers drop it.";
        }

        if (PrefixOf(name) is { } prefix && !name.StartsWith(prefix, StringComparison.Ordinal))
        {
            yield return $"Write the cookie name prefix as {prefix}: browsers treat other spellings differently.";
        }
    }

    private static string? CheckPrefix(string name, in CookieSettings cookie)
    {
        if (PrefixOf(name) is not { } prefix)
        {
            return null;
        }

        var isForHost = prefix.StartsWith("__Host-", StringComparison.Ordinal);
        var isForHttp = prefix.EndsWith("Http-", StringComparison.Ordinal);
        return
            cookie.Secure != true
            || (isForHost && (cookie.Path != "/" || !string.IsNullOrEmpty(cookie.Domain)))
            || (isForHttp && cookie.HttpOnly != true)
            ? $"A cookie name that starts with {prefix} needs Cookie.Secure = Always"
                + (isForHttp ? ", Cookie.HttpOnly = true" : "")
                + (isForHost ? ", Cookie.Path = \"/\" and no Cookie.Domain" : "")
                + ": browsers drop the cookie otherwise."
            : null;
    }

    private static string? PrefixOf(string name)
    {
        if (name.StartsWith("__", StringComparison.Ordinal))
        {
            foreach (var prefix in Prefixes)
            {
                if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                {
                    return prefix;
                }
            }
        }

        return null;
    }
}
