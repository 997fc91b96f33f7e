using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace ServerSessions.Payload;

/// <summary>How values of a session are written, so that Node reads what it would have written itself.</summary>
public static class SessionJson
{
    /// <summary>
    /// Writes strings as JavaScript's <c>JSON.stringify</c> does: escaped are the quote, the backslash, C0 controls (<c>\b \t \n \f \r</c>,
    /// others as <c>\u001f</c>) and lone surrogates (<c>\ud800</c>); all else is raw UTF-8. For <see cref="JsonSerializerOptions.Encoder"/>
    /// of an application's own options. Not for JSON that is put into HTML unescaped.
    /// </summary>
    public static JavaScriptEncoder Encoder { get; } = new JavaScriptStringEncoder();

    /// <summary>Decodes a JSON string as JavaScript does: lone surrogates, on which System.Text.Json throws, are kept.</summary>
    /// <param name="json">One well-formed JSON value.</param>
    /// <returns>The text, or <see langword="null"/> where the value is no string.</returns>
    public static string? DecodeString(ReadOnlySpan<byte> json) =>
        json.Length >= 2 && json[0] == '"' ? JsonText.Unescape(json[1..^1]) : null;

    /// <summary>
    /// Whether bytes can be the value of a session key: one well-formed JSON value in UTF-8, nested as deep as it may be.
    /// </summary>
    /// <param name="json">The bytes.</param>
    /// <returns>Whether they are.</returns>
    public static bool IsValue(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, SessionPayloadScanner.AnyDepth);
        try
        {
            while (reader.Read()) { }

            return Utf8.IsValid(json);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
