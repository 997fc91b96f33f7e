using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ServerSessions;

/// <summary>
/// Reads values with texts that hold half of a surrogate pair, as JavaScript and .NET have them after a cut through an emoji.
/// System.Text.Json throws on its escape, in a name of a dictionary before any converter is asked. So each half is put as two characters
/// that it does read, and converters make one of them again. Values without such an escape are read by System.Text.Json alone.
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
        !IsIn(json) ? JsonSerializer.Deserialize<T>(json, options)
        : CanBeMarked(json, options) ? JsonSerializer.Deserialize<T>(Rewrite(json, isMarked: true), Keep(options))
        : JsonSerializer.Deserialize<T>(Rewrite(json, isMarked: false), options);

    public static T? Deserialize<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> typeInfo) =>
        !IsIn(json) ? JsonSerializer.Deserialize(json, typeInfo)
        : CanBeMarked(json, typeInfo.Options)
        && typeInfo.Options.TypeInfoResolver is not null
        && Keep(typeInfo.Options).TryGetTypeInfo(typeof(T), out var keeping)
            ? JsonSerializer.Deserialize(Rewrite(json, isMarked: true), (JsonTypeInfo<T>)keeping)
        : JsonSerializer.Deserialize(Rewrite(json, isMarked: false), typeInfo);

    /// <summary>Whether there is an escape of one half without the other.</summary>
    private static bool IsIn(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
        {
            return false;
        }

        for (; json.IndexOf((byte)'\\') is >= 0 and var index; json = json[(index + LengthAt(json, index, out _))..])
        {
            if (LengthAt(json, index, out var isHalf) > 0 && isHalf)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the marker stands for nothing else there, as it is or escaped, and no converter of the application would be given it in a
    /// text.
    /// </summary>
    private static bool CanBeMarked(ReadOnlySpan<byte> json, JsonSerializerOptions options)
    {
        if (json.IndexOf("\ufdd0"u8) >= 0 || options.Converters.Any(static converter => converter.CanConvert(typeof(string))))
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

    private static JsonSerializerOptions Keep(JsonSerializerOptions options) =>
        Keeping.GetValue(options, static known => new JsonSerializerOptions(known)
        {
            Converters =
            {
                new TextConverter(),
                new CharConverter(),
                new TreeConverter<JsonDocument>(Document),
                new TreeConverter<JsonElement>(Element),
                new TreeConverter<object>(
                    static (text, options) =>
                        options.UnknownTypeHandling == JsonUnknownTypeHandling.JsonNode
                            ? Node<JsonNode>(text, options)
                            : Element(text, options)
                ),
                new TreeConverter<JsonNode>(Node<JsonNode>),
                new TreeConverter<JsonObject>(Node<JsonObject>),
                new TreeConverter<JsonArray>(Node<JsonArray>),
                new TreeConverter<JsonValue>(Node<JsonValue>),
            },
        });

    /// <summary>The JSON with the marker, or U+FFFD as System.Text.Json's own encoders write it, in place of each half.</summary>
    private static ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> json, bool isMarked)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 64);
        while (json.IndexOf((byte)'\\') is >= 0 and var index)
        {
            var end = index + LengthAt(json, index, out var isHalf);
            output.Write(json[..(isHalf ? index : end)]);
            if (isHalf)
            {
                output.Write(
                    isMarked
                        ? Encoding.ASCII.GetBytes(
                            string.Create(CultureInfo.InvariantCulture, $"\\ufdd0\\u{UnitAt(json, index)!.Value + ToPrivateUse:x4}")
                        )
                        : "\\ufffd"u8
                );
            }

            json = json[end..];
        }

        output.Write(json);
        return output.WrittenSpan;
    }

    /// <summary>
    /// How long the escape is that begins with a backslash, that of a whole pair as one, and whether it is that of one half without the
    /// other.
    /// </summary>
    private static int LengthAt(ReadOnlySpan<byte> json, int index, out bool isHalf)
    {
        isHalf = false;
        if (SurrogateAt(json, index) is not { } half)
        {
            // Past the character that the backslash escapes, which may be another backslash.
            return 2;
        }

        isHalf = !char.IsHighSurrogate(half) || SurrogateAt(json, index + EscapeLength) is not { } other || !char.IsLowSurrogate(other);
        return isHalf ? EscapeLength : 2 * EscapeLength;
    }

    private static char? SurrogateAt(ReadOnlySpan<byte> json, int index) =>
        UnitAt(json, index) is { } unit && char.IsSurrogate(unit) ? unit : null;

    private static char? UnitAt(ReadOnlySpan<byte> json, int index) =>
        index + EscapeLength <= json.Length
        && json[index] == '\\'
        && json[index + 1] == 'u'
        && ushort.TryParse(json.Slice(index + 2, 4), NumberStyles.AllowHexSpecifier, null, out var unit)
            ? (char)unit
            : null;

    private static JsonDocument Document(string text, JsonSerializerOptions options) =>
        JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = options.MaxDepth });

    private static JsonElement Element(string text, JsonSerializerOptions options)
    {
        using var tree = Document(text, options);
        return tree.RootElement.Clone();
    }

    private static T Node<T>(string text, JsonSerializerOptions options)
        where T : JsonNode =>
        JsonNode.Parse(
            text,
            new JsonNodeOptions { PropertyNameCaseInsensitive = options.PropertyNameCaseInsensitive },
            new JsonDocumentOptions { MaxDepth = options.MaxDepth }
        ) as T
        ?? throw new JsonException($"The value is no {typeof(T).Name}.");

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
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Unmark(reader.GetString()!);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Unmark(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    private sealed class CharConverter : JsonConverter<char>
    {
        public override char Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Unmark(reader.GetString() ?? "") is [var single] ? single : throw new JsonException("The text is not one character.");

        public override char ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Read(ref reader, typeToConvert, options);

        public override void Write(Utf8JsonWriter writer, char value, JsonSerializerOptions options) => writer.WriteStringValue([value]);
    }

    /// <summary>Trees of System.Text.Json hold JSON, and cannot give a half out as text: they get U+FFFD.</summary>
    private sealed class TreeConverter<T>(Func<string, JsonSerializerOptions, T> convert) : JsonConverter<T>
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
            return convert(clean.ToString(), options);
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
