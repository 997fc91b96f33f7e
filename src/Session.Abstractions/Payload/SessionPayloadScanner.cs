using System.Text.Json;
using System.Text.Unicode;

namespace ServerSessions.Payload;

/// <summary>
/// Scans a payload once: finds the members of the top level as slices, checks the grammar of everything below, and decodes nothing.
/// </summary>
internal static class SessionPayloadScanner
{
    /// <summary>
    /// Reader options without a limit on nesting, as in <c>JSON.parse</c>. The reader keeps one bit a level and no stack.
    /// </summary>
    public static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Returns the members in the order of the payload. A name may occur twice.</summary>
    public static List<SessionMember> Scan(ReadOnlyMemory<byte> payload)
    {
        var utf8 = payload.Span;
        if (utf8.StartsWith("\uFEFF"u8))
        {
            throw new SessionPayloadException(SessionPayloadError.ByteOrderMark, 0);
        }

        if (!Utf8.IsValid(utf8))
        {
            throw new SessionPayloadException(SessionPayloadError.InvalidUtf8, 0);
        }

        var members = new List<SessionMember>(4);
        var reader = new Utf8JsonReader(utf8, AnyDepth);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new SessionPayloadException(SessionPayloadError.NotAnObject, reader.TokenStartIndex);
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = payload.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                members.Add(new SessionMember(name, payload[start..(int)reader.BytesConsumed]));
            }

            // Only white space may follow the closing brace: this read throws on anything else.
            reader.Read();
        }
        catch (JsonException)
        {
            // The reader's message quotes content, so it is not passed on.
            throw new SessionPayloadException(SessionPayloadError.Malformed, reader.BytesConsumed);
        }

        return members;
    }
}
