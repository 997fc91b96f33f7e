using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerSessions.Tool.Output;

/// <summary>
/// The JSON of <c>--json</c>: one line for each object, names in camel case, absent values left out, instants in UTC as ISO 8601, times in
/// seconds. Fields are only ever added.
/// </summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Default,
        Converters = { new InstantConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>An instant for JSON; <see langword="null"/> for one that never comes.</summary>
    public static DateTimeOffset? Instant(DateTimeOffset? instant) => instant is { Year: >= 9999 } ? null : instant;

    /// <summary>Seconds for JSON, with at most three decimals.</summary>
    public static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}
