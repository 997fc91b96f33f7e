using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace ServerSessions.Payload;

/// <summary>
/// Converts strings between UTF-16 and the inside of a JSON string, by the rules of <c>JSON.stringify</c>. The quote, the backslash, C0
/// controls and lone surrogates are escaped; all else is raw UTF-8. Both directions keep lone surrogates, unlike System.Text.Json.
/// </summary>
internal static class JsonText
{
    // Bytes. A vectorized search of one piece takes nanoseconds, so splitting costs next to nothing.
    private const int LongestPiece = 1024;

    /// <summary>The longest escape, <c>\u001f</c>.</summary>
    public const int MaxEscapeLength = 6;

    private static readonly SearchValues<char> CharsToLookAt = SearchValues.Create(CreateCharsToLookAt());

    private static readonly SearchValues<byte> BytesToEscape = SearchValues.Create(CreateBytesToEscape());

    /// <summary>Returns the index of the first character that JSON.stringify escapes, or -1.</summary>
    public static int IndexOfCharToEscape(ReadOnlySpan<char> text)
    {
        var index = 0;
        while (true)
        {
            var found = text[index..].IndexOfAny(CharsToLookAt);
            if (found < 0)
            {
                return -1;
            }

            index += found;
            if (!IsSurrogatePair(text, index))
            {
                return index;
            }

            index += 2;
        }
    }

    /// <summary>Returns the index of the first byte that JSON.stringify escapes or that is not valid UTF-8, or -1.</summary>
    public static int IndexOfByteToEscape(ReadOnlySpan<byte> utf8)
    {
        // Searches in pieces: if every other byte is invalid, a search over the whole rest each time would be quadratic.
        for (var start = 0; start < utf8.Length;)
        {
            var piece = utf8[start..];
            piece = piece.Length > LongestPiece ? piece[..WholeCharacters(piece[..LongestPiece])] : piece;
            if (IndexIn(piece) is >= 0 and var found)
            {
                return start + found;
            }

            start += piece.Length;
        }

        return -1;
    }

    private static int IndexIn(ReadOnlySpan<byte> utf8)
    {
        var found = utf8.IndexOfAny(BytesToEscape);
        var plain = found < 0 ? utf8 : utf8[..found];
        if (Utf8.IsValid(plain))
        {
            return found;
        }

        var index = 0;
        while (Rune.DecodeFromUtf8(plain[index..], out _, out var length) == OperationStatus.Done)
        {
            index += length;
        }

        return index;
    }

    /// <summary>Returns the length without a last character that is incomplete.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> utf8)
    {
        for (var back = 1; back <= 3; back++)
        {
            var value = utf8[^back];
            if ((value & 0b1100_0000) != 0b1000_0000)
            {
                var length =
                    value < 0xC0 ? 1
                    : value < 0xE0 ? 2
                    : value < 0xF0 ? 3
                    : 4;
                return length > back ? utf8.Length - back : utf8.Length;
            }
        }

        return utf8.Length;
    }

    /// <summary>Writes the escape of one character that needs one.</summary>
    /// <returns>The number of characters written, or 0 if they do not fit.</returns>
    public static int WriteEscape(int value, Span<char> destination)
    {
        ReadOnlySpan<char> text = value switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\f' => "\\f",
            '\r' => "\\r",
            _ => [],
        };

        if (text.IsEmpty)
        {
            return destination.TryWrite(CultureInfo.InvariantCulture, $"\\u{value:x4}", out var written) ? written : 0;
        }

        return text.TryCopyTo(destination) ? text.Length : 0;
    }

    /// <summary>Returns the inside of the JSON string for a text, as UTF-8.</summary>
    public static byte[] Escape(ReadOnlySpan<char> text)
    {
        if (IndexOfCharToEscape(text) < 0)
        {
            var plain = new byte[Encoding.UTF8.GetByteCount(text)];
            Encoding.UTF8.GetBytes(text, plain);
            return plain;
        }

        var escaped = new StringBuilder(text.Length + MaxEscapeLength);
        Span<char> escape = stackalloc char[MaxEscapeLength];
        while (!text.IsEmpty)
        {
            var index = IndexOfCharToEscape(text);
            if (index < 0)
            {
                escaped.Append(text);
                break;
            }

            escaped.Append(text[..index]).Append(escape[..WriteEscape(text[index], escape)]);
            text = text[(index + 1)..];
        }

        return Encoding.UTF8.GetBytes(escaped.ToString());
    }

    /// <summary>Decodes the inside of a JSON string that a JSON reader has already accepted.</summary>
    public static string Unescape(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var text = new StringBuilder(utf8.Length);
        while (!utf8.IsEmpty)
        {
            var index = utf8.IndexOf((byte)'\\');
            if (index < 0)
            {
                text.Append(Encoding.UTF8.GetString(utf8));
                break;
            }

            text.Append(Encoding.UTF8.GetString(utf8[..index]));
            var kind = utf8[index + 1];
            if (kind == 'u')
            {
                text.Append((char)ushort.Parse(utf8.Slice(index + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                utf8 = utf8[(index + 6)..];
            }
            else
            {
                text.Append(
                    kind switch
                    {
                        (byte)'b' => '\b',
                        (byte)'t' => '\t',
                        (byte)'n' => '\n',
                        (byte)'f' => '\f',
                        (byte)'r' => '\r',
                        _ => (char)kind,
                    }
                );
                utf8 = utf8[(index + 2)..];
            }
        }

        return text.ToString();
    }

    private static bool IsSurrogatePair(ReadOnlySpan<char> text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);

    private static byte[] CreateBytesToEscape() =>
        [.. Enumerable.Range(0, 0x20).Select(static control => (byte)control), (byte)'"', (byte)'\\'];

    private static char[] CreateCharsToLookAt() =>
        [
            .. CreateBytesToEscape().Select(static b => (char)b),
            .. Enumerable.Range(0xD800, 0x800).Select(static surrogate => (char)surrogate),
        ];
}
