using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Interop.Host.Json;

/// <summary>
/// JSON as <c>JSON.stringify(JSON.parse(text))</c> gives it: numbers become doubles, of a name that stands twice the last value counts, and
/// names that are array indexes come first, in their order.
/// </summary>
internal static class JavaScriptJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = SessionJson.Encoder, SkipValidation = true };

    public static byte[] Normalize(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            Write(value, writer);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The text of a JSON string; lone surrogates, which <see cref="JsonElement.GetString"/> refuses, are kept.</summary>
    public static string? Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? SessionJson.DecodeString(JsonMarshal.GetRawUtf8Value(value)) : null;

    private static void Write(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, writer);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(JavaScriptNumber.Normalize(value.GetRawText()));
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Text(value));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static void WriteObject(JsonElement value, Utf8JsonWriter writer)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[Name(member)] = member.Value;
        }

        writer.WriteStartObject();
        foreach (var (name, member) in members.OrderBy(static member => ArrayIndex(member.Key) ?? uint.MaxValue))
        {
            writer.WritePropertyName(name);
            Write(member, writer);
        }

        writer.WriteEndObject();
    }

    private static string Name(JsonProperty member) =>
        SessionJson.DecodeString([(byte)'"', .. JsonMarshal.GetRawUtf8PropertyName(member), (byte)'"'])!;

    /// <summary>The index that a name is, in JavaScript's sense: canonical, and below 2^32 - 1.</summary>
    private static uint? ArrayIndex(string name) =>
        uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && index < uint.MaxValue
        && name == index.ToString(CultureInfo.InvariantCulture)
            ? index
            : null;
}
