using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Session;

/// <summary>The texts that a cookie's values have in JSON.</summary>
internal static class CookieText
{
    // What Date.prototype.toISOString gives: always three fraction digits and Z.
    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const int InstantLength = 24;

    public static string? ToJson(SessionSameSite? sameSite) => sameSite switch
    {
        SessionSameSite.Lax => "lax",
        SessionSameSite.Strict => "strict",
        SessionSameSite.None => "none",
        _ => null,
    };

    public static string? ToJson(SessionCookiePriority? priority) => priority switch
    {
        SessionCookiePriority.Low => "low",
        SessionCookiePriority.Medium => "medium",
        SessionCookiePriority.High => "high",
        _ => null,
    };

    /// <summary>Any case is read, as when the header is built; an unknown text becomes Lax, the strictest that breaks no ordinary link.</summary>
    public static SessionSameSite ParseSameSite(string text) => text.ToUpperInvariant() switch
    {
        "STRICT" => SessionSameSite.Strict,
        "NONE" => SessionSameSite.None,
        _ => SessionSameSite.Lax,
    };

    public static SessionCookiePriority? ParsePriority(string text) =>
        Enum.TryParse<SessionCookiePriority>(text, ignoreCase: true, out var priority) && Enum.IsDefined(priority) ? priority : null;

    public static void WriteInstant(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset instant)
    {
        Span<byte> text = stackalloc byte[InstantLength];
        instant.TryFormat(text, out var written, InstantFormat, CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..written]);
    }

    /// <summary>ISO 8601 in the variants that writers produce; a year beyond 9999 (<c>+010000-…</c>) becomes the last instant there is.</summary>
    public static DateTimeOffset? ParseInstant(ReadOnlySpan<byte> text)
    {
        if (text.Length > 7 && text[0] == '+' && !text[1..7].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return DateTimeOffset.MaxValue;
        }

        return DateTimeOffset.TryParse(
            Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : null;
    }
}
