using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerSessions.Payload;

namespace ServerSessions.Trust.Tests.Fuzz;

/// <summary>What System.Text.Json makes of a payload, put together to what a session is.</summary>
internal static partial class PayloadOracle
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>
    /// The keys in the order of their first places, each with the bytes of its last value; null where the payload is no session.
    /// </summary>
    public static List<(string Key, byte[] Value)>? Read(byte[] payload)
    {
        if (!IsJson(payload))
        {
            return null;
        }

        using var document = JsonDocument.Parse(payload, AnyDepth);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var members = new List<(string Key, byte[] Value)>();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            var key = Unescape(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(property)));
            var value = JsonMarshal.GetRawUtf8Value(property.Value).ToArray();
            var place = members.FindIndex(member => member.Key == key);
            if (place < 0)
            {
                members.Add((key, value));
            }
            else
            {
                members[place] = (key, value);
            }
        }

        return members.Any(static member => member.Key == SessionDocument.CookieName && member.Value[0] == '{') ? members : null;
    }

    /// <summary>Whether bytes are one JSON value in UTF-8.</summary>
    public static bool IsJson(byte[] bytes)
    {
        try
        {
            Strict.GetCharCount(bytes);
            using var document = JsonDocument.Parse(bytes, AnyDepth);
            return true;
        }
        catch (Exception refusal) when (refusal is JsonException or DecoderFallbackException)
        {
            return false;
        }
    }

    private static string Unescape(string text) =>
        Escape()
            .Replace(text, static escape => escape.Value[1] switch
                {
                    'u' => ((char)Convert.ToUInt16(escape.Value[2..], 16)).ToString(),
                    'b' => "\b",
                    'f' => "\f",
                    'n' => "\n",
                    'r' => "\r",
                    't' => "\t",
                    var other => other.ToString(),
                });

    [GeneratedRegex(@"\\(?:u[0-9a-fA-F]{4}|.)")]
    private static partial Regex Escape();
}
