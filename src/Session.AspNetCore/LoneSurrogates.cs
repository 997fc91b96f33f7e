using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Session;

/// <summary>
/// Reads values with texts that hold half of a surrogate pair, as JavaScript and .NET have them after a cut through an emoji. System.Text.Json refuses to read their
/// escapes. Values without such an escape are read by it alone.
/// </summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    // The same options with converters that keep the halves. An application has one or two.
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Keeping = [];

    [RequiresUnreferencedCode("As JsonSerializer.Deserialize.")]
    [RequiresDynamicCode("As JsonSerializer.Deserialize.")]
    public static T? Deserialize<T>(ReadOnlySpan<byte> json, JsonSerializerOptions options)
    {
        if (!MayBeIn(json))
        {
            return JsonSerializer.Deserialize<T>(json, options);
        }

        try
        {
            return JsonSerializer.Deserialize<T>(json, Keep(options));
        }
        catch (JsonException)
        {
            return JsonSerializer.Deserialize<T>(Replace(json), options);
        }
    }

    public static T? Deserialize<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> typeInfo)
    {
        if (!MayBeIn(json))
        {
            return JsonSerializer.Deserialize(json, typeInfo);
        }

        try
        {
            if (typeInfo.Options.TypeInfoResolver is not null && Keep(typeInfo.Options).TryGetTypeInfo(typeof(T), out var keeping))
            {
                return JsonSerializer.Deserialize(json, (JsonTypeInfo<T>)keeping);
            }
        }
        catch (JsonException)
        {
            // A member's name has one, which no converter sees.
        }

        return JsonSerializer.Deserialize(Replace(json), typeInfo);
    }

    private static JsonSerializerOptions Keep(JsonSerializerOptions options) => Keeping.GetValue(
        options, static known => new JsonSerializerOptions(known) { Converters = { new TextConverter(), new CharConverter() } });

    /// <summary>Whether there may be an escape of a surrogate, paired or not.</summary>
    private static bool MayBeIn(ReadOnlySpan<byte> json) => json.IndexOf("\\u"u8) >= 0 && (json.IndexOf("\\ud"u8) >= 0 || json.IndexOf("\\uD"u8) >= 0);

    /// <summary>The JSON with U+FFFD for each half, as System.Text.Json's own encoders write it.</summary>
    private static byte[] Replace(ReadOnlySpan<byte> json)
    {
        var replaced = json.ToArray();
        for (var i = 0; i < replaced.Length; i++)
        {
            if (replaced[i] != '\\')
            {
                continue;
            }

            if (SurrogateAt(replaced, i) is not { } half)
            {
                // Past the character that the backslash escapes, which may be another backslash.
                i++;
            }
            else if (char.IsHighSurrogate(half) && SurrogateAt(replaced, i + EscapeLength) is { } other && char.IsLowSurrogate(other))
            {
                i += (2 * EscapeLength) - 1;
            }
            else
            {
                "\\ufffd"u8.CopyTo(replaced.AsSpan(i));
                i += EscapeLength - 1;
            }
        }

        return replaced;
    }

    private static char? SurrogateAt(ReadOnlySpan<byte> json, int index) =>
        index + EscapeLength <= json.Length && json[index] == '\\' && json[index + 1] == 'u'
        && ushort.TryParse(json.Slice(index + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var unit) && char.IsSurrogate((char)unit)
            ? (char)unit
            : null;

    private static string TextOf(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped && !reader.HasValueSequence
            ? SessionJson.DecodeString([(byte)'"', .. reader.ValueSpan, (byte)'"'])!
            : reader.GetString()!;

    private sealed class TextConverter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TextOf(ref reader);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TextOf(ref reader);

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    private sealed class CharConverter : JsonConverter<char>
    {
        public override char Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TextOf(ref reader) is [var single] ? single : throw new JsonException("The text is not one character.");

        public override char ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

        public override void Write(Utf8JsonWriter writer, char value, JsonSerializerOptions options) => writer.WriteStringValue([value]);
    }
}
