using System.Text;
using System.Text.RegularExpressions;

namespace ServerSessions.Trust.Tests.Fuzz;

/// <summary>
/// What a Cookie header says, written a second time after the npm packages cookie 0.7.2 and cookie-signature 1.0.7, as plainly as can be.
/// Of several cookies of the name the first of eight whose signature holds counts, where express-session looks at the first alone.
/// </summary>
internal static partial class CookieHeaderOracle
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The id that the header is signed for; null if there is none.</summary>
    public static string? Read(IEnumerable<string> headers, string name, string secret)
    {
        var found = new List<string>();
        foreach (var pair in string.Join("; ", headers).Split(';'))
        {
            if (pair.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals)
            {
                var value = pair[(equals + 1)..].Trim(' ', '\t');
                value = value.Length > 1 && value.StartsWith('"') && value.EndsWith('"') ? value[1..^1] : value;
                if (pair[..equals].Trim(' ', '\t') == name)
                {
                    found.Add(value);
                }
            }
        }

        return found.Take(8).Select(value => Unsign(Decode(value), secret)).FirstOrDefault(static sid => sid is not null);
    }

    private static string? Unsign(string value, string secret)
    {
        if (!value.StartsWith("s:", StringComparison.Ordinal) || value.LastIndexOf('.') < 3)
        {
            return null;
        }

        var sid = value[2..value.LastIndexOf('.')];
        return
            value[(value.LastIndexOf('.') + 1)..] == SignedCookie.SignatureOf(sid, secret)
            && sid.Length <= 512
            && !sid.Contains('\0', StringComparison.Ordinal)
            ? sid
            : null;
    }

    /// <summary>decodeURIComponent; what it throws on stays as it is.</summary>
    private static string Decode(string text)
    {
        if (StrayPercent().IsMatch(text))
        {
            return text;
        }

        try
        {
            return Escapes()
                .Replace(text, static run => Strict.GetString(Convert.FromHexString(run.Value.Replace("%", "", StringComparison.Ordinal))));
        }
        catch (DecoderFallbackException)
        {
            return text;
        }
    }

    [GeneratedRegex("%(?![0-9a-fA-F]{2})")]
    private static partial Regex StrayPercent();

    [GeneratedRegex("(?:%[0-9a-fA-F]{2})+")]
    private static partial Regex Escapes();
}
