using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Session;

/// <summary>
/// Keeps a response that carries a session cookie out of shared caches. Adds to what the application set and takes nothing away but
/// leave for shared caches to store it.
/// </summary>
internal static class CacheProtection
{
    private const string Protection = "private, no-cache=\"Set-Cookie\"";

    public static void Apply(IHeaderDictionary headers)
    {
        headers.CacheControl = Protect(headers.CacheControl);
        headers.Vary = VaryByCookie(headers.Vary);
    }

    private static StringValues Protect(StringValues current)
    {
        var text = current.ToString();
        if (string.IsNullOrWhiteSpace(text))
        {
            return Protection;
        }

        if (!CacheControlHeaderValue.TryParse(text, out var set))
        {
            return $"{text}, {Protection}";
        }

        if (set.NoStore || set.Private)
        {
            return current;
        }

        set.Public = false;
        set.SharedMaxAge = null;
        var kept = set.ToString();

        // A bare no-cache is more than one for a single field, which would narrow it.
        return kept.Length == 0 ? Protection : $"{kept}, {(set.NoCache && set.NoCacheHeaders.Count == 0 ? "private" : Protection)}";
    }

    private static StringValues VaryByCookie(StringValues current)
    {
        if (current.Count == 0)
        {
            return HeaderNames.Cookie;
        }

        foreach (var field in current.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            if (field == "*" || field.Equals(HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase))
            {
                return current;
            }
        }

        return StringValues.Concat(current, HeaderNames.Cookie);
    }
}
