using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerSessions.Interop.Driver;

/// <summary>A Set-Cookie header, taken apart into what must be equal and what may differ.</summary>
/// <param name="Name">The name of the cookie.</param>
/// <param name="Value">Its value, decoded.</param>
/// <param name="Attributes">All attributes as they stand, the instant of Expires aside.</param>
/// <param name="Expires">The instant of Expires.</param>
internal sealed partial record SetCookieHeader(string Name, string Value, string Attributes, DateTimeOffset? Expires)
{
    public static SetCookieHeader Parse(string header)
    {
        var semicolon = header.IndexOf(';');
        var pair = semicolon < 0 ? header : header[..semicolon];
        var attributes = semicolon < 0 ? "" : header[semicolon..];
        var equals = pair.IndexOf('=');
        var instant = ExpiresAttribute().Match(attributes);
        return new SetCookieHeader(
            pair[..equals],
            Uri.UnescapeDataString(pair[(equals + 1)..]),
            ExpiresAttribute().Replace(attributes, "; Expires"),
            instant.Success ? DateTimeOffset.ParseExact(instant.Groups[1].Value, "r", CultureInfo.InvariantCulture) : null
        );
    }

    [GeneratedRegex("; Expires=([^;]*)")]
    private static partial Regex ExpiresAttribute();
}
