using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ServerSessions;

/// <summary>
/// Keeps a response out of shared caches. Adds to what the application set and takes nothing away but leave for shared caches to store it.
/// </summary>
internal static class CacheProtection
{
    private const string Private = "private";
    private const string PrivateWithCookie = "private, no-cache=\"Set-Cookie\"";

    private const string NoStore = "no-store";

    // Nothing is stronger. For a text that caches may read in more than one way.
    private const string Unreadable = "no-store, private";

    // What caches of one kind heed in place of Cache-Control (RFC 9213, Edge Architecture, their own manuals), with their word for not
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

    /// <summary>Applied twice it changes nothing more.</summary>
    /// <param name="headers">The headers of the response.</param>
    /// <param name="protection">What the options say.</param>
    /// <param name="hasCookie">Whether the session's cookie is among them; a browser's cache must then ask before it uses that header
    /// again.</param>
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

    /// <summary>What Cache-Control must say, given what it says.</summary>
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

        // With a list of fields, private is about these fields alone and shared caches store the rest.
        // A cache that knows must-understand heeds that and not the no-store beside it (RFC 9111, section 5.2.2.3).
        if (
            (set.NoStore && !set.Extensions.Any(static other => other.Name.Equals("must-understand", StringComparison.OrdinalIgnoreCase)))
            || (set.Private && set.PrivateHeaders.Count == 0)
        )
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

        // A bare no-cache is more than one for a single field, which would narrow it.
        var hasNoCache =
            set.NoCache
            && (
                set.NoCacheHeaders.Count == 0
                || set.NoCacheHeaders.Any(static field => field.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase))
            );
        return $"{kept}, {(hasNoCache ? Private : protection)}";
    }

    /// <summary>
    /// What Cache-Control must say if no cache may store the response. Nothing that the application said of storing is left to weaken it,
    /// must-understand above all (RFC 9111, section 5.2.2.3); no-transform is about proxies and stays.
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
