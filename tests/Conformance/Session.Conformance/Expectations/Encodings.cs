using System.Buffers.Text;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>What a text looks like if it is only encoded, so that every reader has it.</summary>
internal static class Encodings
{
    public static IEnumerable<(string Text, string How)> Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        yield return (Convert.ToBase64String(bytes).TrimEnd('='), "in Base64");
        yield return (Base64Url.EncodeToString(bytes), "in Base64 for URLs");
        yield return (Convert.ToHexString(bytes), "in hexadecimal");
        yield return (Uri.EscapeDataString(text), "URL-encoded");
        yield return (string.Concat(text.Reverse()), "reversed");
    }
}
