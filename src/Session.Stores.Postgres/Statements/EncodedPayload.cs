using System.Text.Json;
using ServerSessions.Stores.Postgres.Schema;

namespace ServerSessions.Stores.Postgres.Statements;

/// <summary>
/// The stored bytes of a payload, if they differ from the record's: a JSON string inside a <c>json</c> column. Drivers that encode twice
/// write such rows, and connect-pg-simple reads them. Kept as the record's token for comparing.
/// </summary>
internal sealed class EncodedPayload(byte[] bytes)
{
    /// <summary>Returns the stored bytes of a record.</summary>
    public static ReadOnlyMemory<byte> AtRest(SessionRecord record) =>
        record.Token is EncodedPayload encoded ? encoded.Bytes : record.Payload;

    public static SessionRecord Read(byte[] bytes, DateTimeOffset expires, PayloadType type) =>
        type != PayloadType.Text && bytes is [(byte)'"', ..] && Decode(bytes) is { } payload
            ? SessionRecord.TakeOwnership(payload, expires, new EncodedPayload(bytes))
            : SessionRecord.TakeOwnership(bytes, expires);

    private byte[] Bytes => bytes;

    private static ReadOnlyMemory<byte>? Decode(byte[] text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            reader.Read();
            var payload = new byte[reader.ValueSpan.Length];
            return payload.AsMemory(0, reader.CopyString(payload));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A lone surrogate, which no payload can hold.
            return null;
        }
    }
}
