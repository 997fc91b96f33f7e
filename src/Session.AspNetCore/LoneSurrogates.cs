using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Session;

/// <summary>
/// Reads values with texts that hold half of a surrogate pair, as JavaScript and .NET have them after a cut through an emoji. System.Text.Json throws on its escape,
/// in a name of a dictionary before any converter is asked. So each half is put as two characters that it does read, and converters make one of them again. Values
/// without such an escape are read by System.Text.Json alone.
/// </summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    // No character by Unicode's own word (U+FDD0), followed by one of private use for the half: U+D800 is U+E000, U+DFFF is U+E7FF.
    private const char Marker = '\ufdd0';
    private const int ToPrivateUse = 0xE000 - 0xD800;

    // The same options with the converters. An application has one or two.
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Keeping = [];

    [RequiresUnreferencedCode("As JsonSerializer.Deserialize.")]
    [RequiresDynamicCode("As JsonSerializer.Deserialize.")]
    public static T? Deserialize<T>(ReadOnlySpan<byte> json, JsonSerializerOptions options) =>
        !MayBeIn(json) ? JsonSerializer.Deserialize<T>(json, options)
            : CanBeMarked(json) ? JsonSerializer.Deserialize<T>(Rewrite(json, isMarked: true), Keep(options))
            : JsonSerializer.Deserialize<T>(Rewrite(json, isMarked: false), options);

    public static T? Deserialize<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> typeInfo) =>
        !MayBeIn(json) ? JsonSerializer.Deserialize(json, typeInfo)
            : CanBeMarked(json) && typeInfo.Options.TypeInfoResolver is not null && Keep(typeInfo.Options).TryGetTypeInfo(typeof(T), out var keeping)
                ? JsonSerializer.Deserialize(Rewrite(json, isMarked: true), (JsonTypeInfo<T>)keeping)
            : JsonSerializer.Deserialize(Rewrite(json, isMarked: false), typeInfo);

    /// <summary>Whether there may be an escape of a surrogate, paired or not.</summary>
    private static bool MayBeIn(ReadOnlySpan<byte> json) => json.IndexOf("\\u"u8) >= 0 && (json.IndexOf("\\ud"u8) >= 0 || json.IndexOf("\\uD"u8) >= 0);

    /// <summary>Whether the marker stands for nothing else there, as it is or escaped.</summary>
    private static bool CanBeMarked(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\ufdd0"u8) >= 0)
        {
            return false;
        }

        for (; json.IndexOf("\\u"u8) is >= 0 and var index; json = json[(index + 2)..])
        {
            if (UnitAt(json, index) == Marker)
            {
                return false;
            }
        }

        return true;
    }

    private static JsonSerializerOptions Keep(JsonSerializerOptions options) => Keeping.GetValue(options, static known => new JsonSerializerOptions(known)
    {
        Converters =
        {
            new TextConverter(),
            new CharConverter(),
            new TreeConverter<JsonElement>(static tree => tree.RootElement.Clone()),
            new TreeConverter<object>(static tree => tree.RootElement.Clone()),
            new TreeConverter<JsonNode>(static tree => NodeOf(tree.RootElement.Clone())),
            new TreeConverter<JsonObject>(static tree => JsonObject.Create(tree.RootElement.Clone())),
            new TreeConverter<JsonArray>(static tree => JsonArray.Create(tree.RootElement.Clone())),
        },
    });

    /// <summary>The JSON with the marker, or U+FFFD as System.Text.Json's own encoders write it, in place of each half.</summary>
    private static ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> json, bool isMarked)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 64);
        while (json.IndexOf((byte)'\\') is >= 0 and var index)
        {
            // Past the character that the backslash escapes, which may be another backslash.
            var length = index + 2;
            if (SurrogateAt(json, index) is not { } half)
            {
                output.Write(json[..length]);
            }
            else if (char.IsHighSurrogate(half) && SurrogateAt(json, index + EscapeLength) is { } other && char.IsLowSurrogate(other))
            {
                length = index + (2 * EscapeLength);
                output.Write(json[..length]);
            }
            else
            {
                length = index + EscapeLength;
                output.Write(json[..index]);
                output.Write(isMarked ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\ufdd0\\u{half + ToPrivateUse:x4}")) : "\\ufffd"u8);
            }

            json = json[length..];
        }

        output.Write(json);
        return output.WrittenSpan;
    }

    private static char? SurrogateAt(ReadOnlySpan<byte> json, int index) => UnitAt(json, index) is { } unit && char.IsSurrogate(unit) ? unit : null;

    private static char? UnitAt(ReadOnlySpan<byte> json, int index) =>
        index + EscapeLength <= json.Length && json[index] == '\\' && json[index + 1] == 'u'
        && ushort.TryParse(json.Slice(index + 2, 4), NumberStyles.AllowHexSpecifier, null, out var unit)
            ? (char)unit
            : null;

    private static JsonNode? NodeOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(element),
        JsonValueKind.Array => JsonArray.Create(element),
        _ => JsonValue.Create(element),
    };

    private static string Unmark(string text)
    {
        if (!text.Contains(Marker, StringComparison.Ordinal))
        {
            return text;
        }

        var whole = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            whole.Append(text[i] == Marker ? (char)(text[++i] - ToPrivateUse) : text[i]);
        }

        return whole.ToString();
    }

    private sealed class TextConverter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Unmark(reader.GetString()!);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Unmark(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    private sealed class CharConverter : JsonConverter<char>
    {
        public override char Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Unmark(reader.GetString() ?? "") is [var single] ? single : throw new JsonException("The text is not one character.");

        public override char ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

        public override void Write(Utf8JsonWriter writer, char value, JsonSerializerOptions options) => writer.WriteStringValue([value]);
    }

    /// <summary>Trees of System.Text.Json hold JSON, and cannot give a half out as text: they get U+FFFD.</summary>
    private sealed class TreeConverter<T>(Func<JsonDocument, T?> convert) : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var marked = JsonDocument.ParseValue(ref reader);
            var text = marked.RootElement.GetRawText();
            var clean = new StringBuilder(text.Length);
            var start = 0;
            for (var index = 0; (index = text.IndexOf("\\ufdd0", start, StringComparison.Ordinal)) >= 0; start = index + (2 * EscapeLength))
            {
                clean.Append(text, start, index - start).Append("\\ufffd");
            }

            clean.Append(text, start, text.Length - start);
            using var tree = JsonDocument.Parse(clean.ToString(), new JsonDocumentOptions { MaxDepth = options.MaxDepth });
            return convert(tree);
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
