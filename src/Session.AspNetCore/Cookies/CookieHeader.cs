using Microsoft.Extensions.Primitives;

namespace Session;

/// <summary>
/// Finds one cookie in the Cookie header, by the rules of the npm package cookie 0.7.2: names compared ordinally and not decoded, the first
/// occurrence wins, spaces and tabs trimmed, one pair of quotes stripped. ASP.NET Core's own collection ignores case and lets the last win, so that
/// <c>__HOST-sid</c> could stand in for <c>__Host-sid</c>.
/// </summary>
internal static class CookieHeader
{
    /// <summary>The value as it stands, still percent-encoded; nothing where the cookie is not there.</summary>
    public static bool TryFind(StringValues headers, string name, out StringSegment value)
    {
        // Several Cookie headers read as one, joined by "; ", as Node joins them.
        foreach (var header in headers)
        {
            if (TryFind(header, name, out var found))
            {
                // The part of the header that the span is.
                header.AsSpan().Overlaps(found, out var offset);
                value = new StringSegment(header!, offset, found.Length);
                return true;
            }
        }

        value = default;
        return false;
    }

    private static bool TryFind(ReadOnlySpan<char> header, string name, out ReadOnlySpan<char> value)
    {
        while (!header.IsEmpty)
        {
            var end = header.IndexOf(';');
            var pair = end < 0 ? header : header[..end];
            var equals = pair.IndexOf('=');
            if (equals >= 0 && Trim(pair[..equals]).SequenceEqual(name))
            {
                value = Unquote(Trim(pair[(equals + 1)..]));
                return true;
            }

            header = end < 0 ? default : header[(end + 1)..];
        }

        value = default;
        return false;
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(" \t");

    private static ReadOnlySpan<char> Unquote(ReadOnlySpan<char> text) => text is ['"', .. var inner, '"'] ? inner : text;
}
