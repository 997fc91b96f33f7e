using System.Globalization;
using System.Text.Json;

namespace ServerSessions.Payload;

/// <summary>Converts cookie values from and to their text in JSON.</summary>
internal static class CookieText
{
    public static string? ToJson(SessionSameSite? sameSite) =>
        sameSite switch
        {
            SessionSameSite.Lax => "lax",
            SessionSameSite.Strict => "strict",
            SessionSameSite.None => "none",
            _ => null,
        };

    public static string? ToJson(SessionCookiePriority? priority) =>
        priority switch
        {
            SessionCookiePriority.Low => "low",
            SessionCookiePriority.Medium => "medium",
            SessionCookiePriority.High => "high",
            _ => null,
        };

    /// <summary>Reads a value in any case. An unknown text becomes Lax, the strictest value that does not break ordinary links.</summary>
    public static SessionSameSite ParseSameSite(string text) =>
        text.ToUpperInvariant() switch
        {
            "STRICT" => SessionSameSite.Strict,
            "NONE" => SessionSameSite.None,
            _ => SessionSameSite.Lax,
        };

    /// <summary>Reads a value in any case. An unknown text becomes <see langword="null"/>.</summary>
    public static SessionCookiePriority? ParsePriority(string text) =>
        text.ToUpperInvariant() switch
        {
            "LOW" => SessionCookiePriority.Low,
            "MEDIUM" => SessionCookiePriority.Medium,
            "HIGH" => SessionCookiePriority.High,
            _ => null,
        };

    public static void WriteInstant(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset instant)
    {
        Span<byte> text = stackalloc byte[IsoInstant.Length];
        IsoInstant.Write(instant, text);
        writer.WriteString(name, text);
    }

    /// <summary>
    /// Reads the variants of ISO 8601 that writers produce, and other texts that parse as a date. Years of six digits (<c>+010000-…</c>,
    /// <c>-000001-…</c>) become the last or the first instant. A time without a date becomes <see langword="null"/>.
    /// </summary>
    public static DateTimeOffset? ParseInstant(string text)
    {
        if (text.Length > 7 && (text[0] is '+' or '-') && !text.AsSpan(1, 6).ContainsAnyExceptInRange('0', '9'))
        {
            return text[0] == '+' ? DateTimeOffset.MaxValue : DateTimeOffset.MinValue;
        }

        // Without NoCurrentDateDefault a time would get the machine's current date. With it, the date is the first of year 1.
        var read = DateTime.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault,
            out var instant
        );
        return read && (instant.Date != DateTime.MinValue || text.StartsWith("0001", StringComparison.Ordinal))
            ? new DateTimeOffset(instant)
            : null;
    }
}
