using System.Text.Json;
using System.Text.Unicode;

namespace ServerSessions.Payload;

/// <summary>
/// The single forward scan over a payload: finds the members of the top level as slices, checks the grammar of all that lies below,
/// decodes nothing.
/// </summary>
internal static class SessionPayloadScanner
{
    /// <summary>Reads JSON as deep as it is, as <c>JSON.parse</c> does. The reader keeps one bit a level and no stack.</summary>
    public static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>The members in the order in which they stand; a name may stand twice.</summary>
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

            // Past the closing brace only white space may follow; this read throws on anything else.
            reader.Read();
        }
        catch (JsonException)
        {
            // The reader's own text quotes what it stumbled over, so it is not passed on.
            throw new SessionPayloadException(SessionPayloadError.Malformed, reader.BytesConsumed);
        }

        return members;
    }
}
