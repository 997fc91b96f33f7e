using System.Buffers;

namespace ServerSessions.Payload;

/// <summary>
/// What may stand in a cookie's attributes: the grammar of RFC 6265, section 4.1.1, as the npm package cookie 0.7.2 reads it.
/// </summary>
internal static class CookieGrammar
{
    private const int MaxLabelLength = 63;

    private static readonly SearchValues<char> LabelChars = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
    );

    /// <summary>Printable ASCII without ';' and '&lt;'.</summary>
    public static bool IsPath(ReadOnlySpan<char> path) => !path.ContainsAnyExceptInRange(' ', '~') && !path.ContainsAny(';', '<');

    /// <summary>Labels joined by dots, one dot in front allowed; nothing at all is no domain, and is fine too.</summary>
    public static bool IsDomain(ReadOnlySpan<char> domain)
    {
        if (domain.IsEmpty)
        {
            return true;
        }

        domain = domain[0] == '.' ? domain[1..] : domain;
        foreach (var range in domain.Split('.'))
        {
            var label = domain[range];
            if (
                label.IsEmpty
                || label.Length > MaxLabelLength
                || label[0] == '-'
                || label[^1] == '-'
                || label.ContainsAnyExcept(LabelChars)
            )
            {
                return false;
            }
        }

        return true;
    }
}
