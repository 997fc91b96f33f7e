using System.Buffers;

namespace ServerSessions.Payload;

/// <summary>Checks cookie attributes by the grammar of RFC 6265, section 4.1.1, as the npm package cookie 0.7.2 applies it.</summary>
internal static class CookieGrammar
{
    private const int MaxLabelLength = 63;

    private static readonly SearchValues<char> LabelChars = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
    );

    /// <summary>Whether a path is printable ASCII without ';' and '&lt;'.</summary>
    public static bool IsPath(ReadOnlySpan<char> path) => !path.ContainsAnyExceptInRange(' ', '~') && !path.ContainsAny(';', '<');

    /// <summary>Whether a domain is labels joined by dots. One leading dot is allowed. Empty is valid, and means no domain.</summary>
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
