using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ServerSessions;

/// <summary>
/// Keeps a response out of shared caches. Adds to the application's headers, and removes only permission for shared caches to store the
/// response.
/// </summary>
internal static class CacheProtection
{
    private const string Private = "private";
    private const string PrivateWithCookie = "private, no-cache=\"Set-Cookie\"";

    private const string NoStore = "no-store";

    // The strictest value, for a header that caches may parse in more than one way.
    private const string Unreadable = "no-store, private";

    // Headers that some caches use in place of Cache-Control (RFC 9213, Edge Architecture, their own manuals), each with its value for not
    // storing.
    private static readonly (string Name, string Refusal)[] Targeted =
    [
        ("CDN-Cache-Control", "no-store"),
        ("Surrogate-Control", "no-store"),
        ("Cloudflare-CDN-Cache-Control", "no-store"),
        ("Netlify-CDN-Cache-Control", "no-store"),
        ("Vercel-CDN-Cache-Control", "no-store"),
        ("Edge-Control", "no-store"),
        ("X-LiteSpeed-Cache-Control", "no-store"),
        ("X-Accel-Expires", "0"),
    ];

    /// <summary>Adds the headers. Idempotent.</summary>
    /// <param name="headers">The headers of the response.</param>
    /// <param name="protection">The option.</param>
    /// <param name="hasCookie">
    /// Whether the response has the session's cookie. A browser's cache must then revalidate before it uses that header again.
    /// </param>
    public static void Apply(IHeaderDictionary headers, SessionCacheProtection protection, bool hasCookie)
    {
        headers.CacheControl =
            protection == SessionCacheProtection.NoStore ? Refuse(headers.CacheControl) : Protect(headers.CacheControl, hasCookie);
        headers.Vary = VaryByCookie(headers.Vary);
        foreach (var (name, refusal) in Targeted)
        {
            if (headers.TryGetValue(name, out var targeted) && targeted.Count > 0)
            {
                headers[name] = refusal;
            }
        }
    }

    /// <summary>Returns the value of Cache-Control, given the application's value.</summary>
    public static StringValues Protect(StringValues current, bool hasCookie)
    {
        var protection = hasCookie ? PrivateWithCookie : Private;
        var text = current.ToString();
        if (string.IsNullOrWhiteSpace(text))
        {
            return protection;
        }

        if (text is PrivateWithCookie || text == protection)
        {
            return current;
        }

        if (!CacheControlHeaderValue.TryParse(text, out var set))
        {
            return Unreadable;
        }

        if (IsProtected(set))
        {
            return current;
        }

        (set.Public, set.SharedMaxAge, set.Private) = (false, null, false);
        set.PrivateHeaders.Clear();
        var kept = set.ToString();
        if (kept.Length == 0)
        {
            return protection;
        }

        // A bare no-cache is stricter than one for a single field, which would narrow it.
        var hasNoCache =
            set.NoCache
            && (
                set.NoCacheHeaders.Count == 0
                || set.NoCacheHeaders.Any(static field => field.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase))
            );
        return $"{kept}, {(hasNoCache ? Private : protection)}";
    }

    // With a list of fields, private applies to these fields only, and shared caches store the rest.
    // A cache that supports must-understand ignores a no-store beside it (RFC 9111, section 5.2.2.3).
    private static bool IsProtected(CacheControlHeaderValue set) =>
        (set.NoStore && !set.Extensions.Any(static other => other.Name.Equals("must-understand", StringComparison.OrdinalIgnoreCase)))
        || (set.Private && set.PrivateHeaders.Count == 0);

    /// <summary>
    /// Returns the value of Cache-Control with which no cache may store the response. Drops the application's directives, because some
    /// weaken no-store, above all must-understand (RFC 9111, section 5.2.2.3). Keeps no-transform, which is for proxies.
    /// </summary>
    private static StringValues Refuse(StringValues current) =>
        CacheControlHeaderValue.TryParse(current.ToString(), out var set) && set.NoTransform ? "no-store, no-transform" : NoStore;

    private static StringValues VaryByCookie(StringValues current)
    {
        if (current.Count == 0)
        {
            return HeaderNames.Cookie;
        }

        foreach (var line in current)
        {
            for (ReadOnlySpan<char> rest = line; !rest.IsEmpty;)
            {
                var comma = rest.IndexOf(',');
                var field = (comma < 0 ? rest : rest[..comma]).Trim();
                if (field is "*" || field.Equals(HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase))
                {
                    return current;
                }

                rest = comma < 0 ? default : rest[(comma + 1)..];
            }
        }

        return StringValues.Concat(current, HeaderNames.Cookie);
    }
}
