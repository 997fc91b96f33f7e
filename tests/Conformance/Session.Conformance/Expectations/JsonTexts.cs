using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>
/// Writes texts as JSON with as few escapes as JSON allows, as JavaScript does: the encoders of .NET escape emoji, and a backend that
/// cannot hold their four bytes would not be seen.
/// </summary>
internal static class JsonTexts
{
    public static byte[] Encode(string text)
    {
        var builder = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                builder.Append(c).Append(text[++i]);
            }
            else if (c < ' ' || char.IsSurrogate(c))
            {
                builder.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                builder.Append(c is '"' or '\\' ? "\\" : "").Append(c);
            }
        }

        return Encoding.UTF8.GetBytes(builder.Append('"').ToString());
    }
}
