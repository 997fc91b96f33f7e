using Microsoft.Extensions.Primitives;

namespace ServerSessions;

/// <summary>
/// Finds the cookies of one name in the Cookie headers, in order, by the rules of the npm package cookie 0.7.2. Names are compared
/// ordinally and not decoded, spaces and tabs are trimmed, and one pair of quotes is removed. ASP.NET Core's own collection ignores case
/// and keeps the last cookie, so <c>__HOST-sid</c> could replace <c>__Host-sid</c>.
/// </summary>
internal struct CookieHeader(StringValues headers, string name)
{
    // Several Cookie headers are read as one, joined by "; ", as in Node.
    private int _header;
    private int _start;

    /// <summary>Gets the next value, still percent-encoded. Returns <see langword="false"/> after the last one.</summary>
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

                // Gets the offset of the span in the header.
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
