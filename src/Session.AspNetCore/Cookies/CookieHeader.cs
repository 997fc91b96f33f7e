using Microsoft.Extensions.Primitives;

namespace ServerSessions;

/// <summary>
/// Finds the cookies of one name in the Cookie headers, in their order, by the rules of the npm package cookie 0.7.2: names compared
/// ordinally and not decoded, spaces and tabs trimmed, one pair of quotes stripped. ASP.NET Core's own collection ignores case and lets the
/// last win, so that <c>__HOST-sid</c> could stand in for <c>__Host-sid</c>.
/// </summary>
internal struct CookieHeader(StringValues headers, string name)
{
    // Several Cookie headers read as one, joined by "; ", as Node joins them.
    private int _header;
    private int _start;

    /// <summary>The next value as it stands, still percent-encoded; nothing after the last.</summary>
    public bool TryNext(out StringSegment value)
    {
        for (; _header < headers.Count; (_header, _start) = (_header + 1, 0))
        {
            if (headers[_header] is { } header && TryNext(header, out value))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    private bool TryNext(string header, out StringSegment value)
    {
        while (_start < header.Length)
        {
            var rest = header.AsSpan(_start);
            var end = rest.IndexOf(';');
            var pair = end < 0 ? rest : rest[..end];
            _start += pair.Length + 1;
            var equals = pair.IndexOf('=');
            if (equals >= 0 && Trim(pair[..equals]).SequenceEqual(name))
            {
                var found = Unquote(Trim(pair[(equals + 1)..]));

                // The part of the header that the span is.
                header.AsSpan().Overlaps(found, out var offset);
                value = new StringSegment(header, offset, found.Length);
                return true;
            }
        }

        value = default;
        return false;
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(" \t");

    private static ReadOnlySpan<char> Unquote(ReadOnlySpan<char> text) => text is ['"', .. var inner, '"'] ? inner : text;
}
