using System.Text.Json;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// The stored bytes of a payload, if they differ from the record's: a JSON string inside a <c>json</c> column. Drivers that encode twice
/// write such rows, and connect-pg-simple reads them. Kept as the record's token for comparing.
/// </summary>
internal sealed class PayloadAtRest(byte[] bytes)
{
    /// <summary>Returns the stored bytes of a record.</summary>
    public static ReadOnlyMemory<byte> Of(SessionRecord record) => record.Token is PayloadAtRest atRest ? atRest.Bytes : record.Payload;

    public static SessionRecord Read(byte[] bytes, DateTimeOffset expires, PayloadType type) =>
        type != PayloadType.Text && bytes is [(byte)'"', ..] && Decode(bytes) is { } payload
            ? SessionRecord.TakeOwnership(payload, expires, new PayloadAtRest(bytes))
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
