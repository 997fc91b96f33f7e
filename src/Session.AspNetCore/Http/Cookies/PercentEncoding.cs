using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace ServerSessions;

/// <summary>JavaScript's <c>encodeURIComponent</c> and <c>decodeURIComponent</c>, which express-session applies to cookie values.</summary>
internal static class PercentEncoding
{
    // A cookie with a usual session id needs a quarter of it.
    private const int LongestOnStack = 1024;

    private static readonly SearchValues<char> Unescaped = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()"
    );

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Unescaped))
        {
            return text;
        }

        var encoded = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var part in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (part < 0x80 && Unescaped.Contains((char)part))
                {
                    encoded.AppendFormatted((char)part);
                }
                else
                {
                    encoded.AppendFormatted('%');
                    encoded.AppendFormatted(Hex(part >> 4));
                    encoded.AppendFormatted(Hex(part & 15));
                }
            }
        }

        return encoded.ToStringAndClear();
    }

    /// <summary>
    /// Whether a text is encoded exactly as <see cref="Encode"/> writes it: escapes in capitals, and only for characters that need one.
    /// Returns <see langword="false"/> for escapes beyond ASCII, which are not examined.
    /// </summary>
    public static bool IsEncoded(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyExcept(Unescaped); at >= 0; at = text.IndexOfAnyExcept(Unescaped))
        {
            if (
                text[at..] is not ['%', >= '0' and <= '7' and var high, ((>= '0' and <= '9') or (>= 'A' and <= 'F')) and var low, ..]
                || Unescaped.Contains((char)(((high - '0') << 4) | (char.IsAsciiDigit(low) ? low - '0' : low - 'A' + 10)))
            )
            {
                return false;
            }

            text = text[(at + 3)..];
        }

        return true;
    }

    /// <summary>Decodes a text. Returns it unchanged if an escape is malformed, or if the escapes are not UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <param name="buffer">The buffer for the decoded text, at least as long as the text.</param>
    /// <returns>The decoded text, in the buffer, or the text itself.</returns>
    public static ReadOnlySpan<char> Decode(ReadOnlySpan<char> text, Span<char> buffer)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> utf8 = most <= LongestOnStack ? stackalloc byte[most] : new byte[most];
        var length = 0;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return text;
                }

                Convert.FromHexString(text.Slice(i + 1, 2), utf8[length++..], out _, out _);
                i += 3;
            }
            else
            {
                var plain = text[i..].IndexOf('%');
                plain = plain < 0 ? text.Length - i : plain;
                length += Encoding.UTF8.GetBytes(text.Slice(i, plain), utf8[length..]);
                i += plain;
            }
        }

        return Utf8.IsValid(utf8[..length]) ? buffer[..Encoding.UTF8.GetChars(utf8[..length], buffer)] : text;
    }

    private static char Hex(int digit) => "0123456789ABCDEF"[digit];
}
