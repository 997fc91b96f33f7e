using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Session;

/// <summary>JavaScript's <c>encodeURIComponent</c> and <c>decodeURIComponent</c>, which cookie values go through.</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<char> Unescaped =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()");

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Unescaped))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var utf8 in Encoding.UTF8.GetBytes(text))
        {
            if (utf8 < 0x80 && Unescaped.Contains((char)utf8))
            {
                encoded.Append((char)utf8);
            }
            else
            {
                encoded.Append('%').Append(Hex(utf8 >> 4)).Append(Hex(utf8 & 15));
            }
        }

        return encoded.ToString();
    }

    /// <summary>A malformed escape, or escapes that are not UTF-8, leave the whole text as it is.</summary>
    public static ReadOnlySpan<char> Decode(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        var utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = 0;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return text;
                }

                Convert.FromHexString(text.Slice(i + 1, 2), utf8.AsSpan(length++), out _, out _);
                i += 3;
            }
            else
            {
                var plain = text[i..].IndexOf('%');
                plain = plain < 0 ? text.Length - i : plain;
                length += Encoding.UTF8.GetBytes(text.Slice(i, plain), utf8.AsSpan(length));
                i += plain;
            }
        }

        return Utf8.IsValid(utf8.AsSpan(0, length)) ? Encoding.UTF8.GetString(utf8, 0, length) : text;
    }

    private static char Hex(int digit) => "0123456789ABCDEF"[digit];
}
