using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerSessions.Conformance;

/// <summary>Writes texts as JSON with as few escapes as JSON allows, as JavaScript does.</summary>
internal static class JsonTexts
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Encode(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 2);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStringValue(text);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
