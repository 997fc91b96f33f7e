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
/// Reads strings with lone surrogates, which JavaScript and .NET create by cutting through an emoji. System.Text.Json throws on their
/// escape; for dictionary keys it throws before it calls a converter. So each lone surrogate is replaced by two characters that
/// System.Text.Json accepts, and converters restore it. Values without such an escape are read by System.Text.Json alone.
/// </summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    // A Unicode noncharacter (U+FDD0), followed by a private-use character for the surrogate: U+E000 for U+D800, U+E7FF for U+DFFF.
    private const char Marker = '\ufdd0';
    private const int ToPrivateUse = 0xE000 - 0xD800;

    // The options with the converters. An application has one or two.
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

    /// <summary>Whether the JSON has an escape of a lone surrogate.</summary>
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
    /// Whether the marker is unique: the JSON does not contain it, escaped or not, and the application has no converter that would receive
    /// it in a string.
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

    /// <summary>Replaces each lone surrogate by the marker and its character, or by U+FFFD as System.Text.Json's own encoders do.</summary>
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
    /// Returns the length of the escape that begins with a backslash, that of a whole pair as one, and whether it is a lone surrogate.
    /// </summary>
    private static int LengthAt(ReadOnlySpan<byte> json, int index, out bool isHalf)
    {
        isHalf = false;
        if (SurrogateAt(json, index) is not { } half)
        {
            // Skips the character that the backslash escapes, which may be another backslash.
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

    /// <summary>Replaces lone surrogates in JSON trees by U+FFFD: a tree holds JSON, and cannot return a lone surrogate as text.</summary>
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
