using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Converts between the bytes of <see cref="Microsoft.AspNetCore.Http.ISession"/> and the JSON of a session. Text, which is valid UTF-8
/// without U+0000, is a JSON string. All other bytes are <c>{"__bytes":"…"}</c>, with base64. Each value of bytes has one form.
/// </summary>
/// <remarks>
/// An object counts as bytes only in exactly this form: one member <c>__bytes</c>, no escape, base64 as this class writes it, and content
/// that is not text. Any other JSON is shown as its text. PostgreSQL's jsonb refuses U+0000, which most 4-byte integers contain, so bytes
/// with U+0000 are not text.
/// </remarks>
internal static class SessionBytes
{
    private static ReadOnlySpan<byte> Name => "__bytes"u8;

    private static ReadOnlySpan<byte> Start => "{\"__bytes\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    /// <summary>Returns the JSON to store for bytes.</summary>
    public static byte[] ToJson(ReadOnlySpan<byte> value)
    {
        if (IsText(value))
        {
            return Join("\""u8, JsonEncodedText.Encode(value, SessionJson.Encoder).EncodedUtf8Bytes, "\""u8);
        }

        var base64 = new byte[Base64.GetMaxEncodedToUtf8Length(value.Length)];
        Base64.EncodeToUtf8(value, base64, out _, out _);
        return Join(Start, base64, End);
    }

    /// <summary>Returns the bytes of a stored value. The array is the caller's.</summary>
    public static byte[] FromJson(ReadOnlySpan<byte> json) =>
        json[0] switch
        {
            (byte)'"' => json.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(SessionJson.DecodeString(json)!) : json[1..^1].ToArray(),
            (byte)'{' when ReadBytes(json) is { } bytes => bytes,
            _ => json.ToArray(),
        };

    private static bool IsText(ReadOnlySpan<byte> value) => !value.Contains((byte)0) && Utf8.IsValid(value);

    private static byte[]? ReadBytes(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return
            reader.Read()
            && reader is { TokenType: JsonTokenType.PropertyName, ValueIsEscaped: false }
            && reader.ValueSpan.SequenceEqual(Name)
            && reader.Read()
            && reader is { TokenType: JsonTokenType.String, ValueIsEscaped: false }
            && Decode(reader.ValueSpan) is { } bytes
            && reader.Read()
            && reader.TokenType == JsonTokenType.EndObject
            ? bytes
            : null;
    }

    private static byte[]? Decode(ReadOnlySpan<byte> base64)
    {
        var text = Encoding.UTF8.GetString(base64);
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
        {
            return null;
        }

        var value = bytes.AsSpan(0, length);
        return !IsText(value) && Convert.ToBase64String(value) == text ? value.ToArray() : null;
    }

    private static byte[] Join(ReadOnlySpan<byte> start, ReadOnlySpan<byte> middle, ReadOnlySpan<byte> end)
    {
        var json = new byte[start.Length + middle.Length + end.Length];
        start.CopyTo(json);
        middle.CopyTo(json.AsSpan(start.Length));
        end.CopyTo(json.AsSpan(start.Length + middle.Length));
        return json;
    }
}
