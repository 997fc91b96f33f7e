using System.Globalization;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Interop.Host.Options;

/// <summary>The values of cookie members, in the options and in the step <c>cookie.set</c>.</summary>
internal static class CookieValues
{
    public static bool IsAuto(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals("auto"u8);

    public static bool? Truth(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : JavaScriptTruth.Of(value);

    public static TimeSpan? Span(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => Milliseconds(value.GetDouble()),
            JsonValueKind.Null or JsonValueKind.False => null,
            _ => throw new BadArgumentException("maxAge must be a number or Date"),
        };

    public static DateTimeOffset? Instant(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.False => null,
            JsonValueKind.String
                when DateTimeOffset.TryParse(
                    value.GetString(),
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var instant
                ) => instant,
            _ => throw new BadArgumentException("expires must be an ISO 8601 date or null"),
        };

    public static string? Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => null,
            _ => throw new BadArgumentException("path and domain must be strings or null"),
        };

    public static SessionCookiePriority? Priority(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null
            ? null
            : Lowered(value) switch
            {
                "low" => SessionCookiePriority.Low,
                "medium" => SessionCookiePriority.Medium,
                "high" => SessionCookiePriority.High,
                _ => throw new BadArgumentException("option priority is invalid"),
            };

    public static SessionSameSite? SameSite(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.False => SessionSameSite.Off,
            JsonValueKind.True => SessionSameSite.True,
            _ => Lowered(value) switch
            {
                "lax" => SessionSameSite.Lax,
                "strict" => SessionSameSite.Strict,
                "none" => SessionSameSite.None,
                _ => throw new BadArgumentException("option sameSite is invalid"),
            },
        };

    private static TimeSpan Milliseconds(double milliseconds) =>
        Math.Abs(milliseconds) < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds((long)milliseconds)
        : milliseconds < 0 ? TimeSpan.MinValue
        : TimeSpan.MaxValue;

    // The npm package cookie takes these texts in any case.
    private static string? Lowered(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()!.ToLowerInvariant() : null;
}
