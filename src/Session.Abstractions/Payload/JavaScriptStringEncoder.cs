using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace ServerSessions.Payload;

/// <summary>Encodes strings for System.Text.Json as <c>JSON.stringify</c> does; see <see cref="JsonText"/> for the rules.</summary>
internal sealed class JavaScriptStringEncoder : JavaScriptEncoder
{
    public override int MaxOutputCharactersPerInputCharacter => JsonText.MaxEscapeLength;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar < 0x20 || unicodeScalar is '"' or '\\' or (>= 0xD800 and <= 0xDFFF);

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) =>
        JsonText.IndexOfCharToEscape(new ReadOnlySpan<char>(text, textLength));

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) => JsonText.IndexOfByteToEscape(utf8Text);

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        numberOfCharactersWritten = JsonText.WriteEscape(unicodeScalar, new Span<char>(buffer, bufferLength));
        return numberOfCharactersWritten > 0;
    }

    // The base class replaces lone surrogates with U+FFFD before it calls TryEncodeUnicodeScalar.
    public override OperationStatus Encode(
        ReadOnlySpan<char> source,
        Span<char> destination,
        out int charsConsumed,
        out int charsWritten,
        bool isFinalBlock = true
    )
    {
        charsConsumed = 0;
        charsWritten = 0;
        while (charsConsumed < source.Length)
        {
            var rest = source[charsConsumed..];
            var plain = JsonText.IndexOfCharToEscape(rest);
            plain = plain < 0 ? rest.Length : plain;
            var copied = CopyWhatFits(rest[..plain], destination[charsWritten..]);
            charsConsumed += copied;
            charsWritten += copied;
            if (copied < plain)
            {
                return OperationStatus.DestinationTooSmall;
            }

            if (plain < rest.Length)
            {
                if (!isFinalBlock && plain == rest.Length - 1 && char.IsHighSurrogate(rest[plain]))
                {
                    return OperationStatus.NeedMoreData;
                }

                var written = JsonText.WriteEscape(rest[plain], destination[charsWritten..]);
                if (written == 0)
                {
                    return OperationStatus.DestinationTooSmall;
                }

                charsConsumed++;
                charsWritten += written;
            }
        }

        return OperationStatus.Done;
    }

    // Invalid UTF-8 becomes U+FFFD, as with every other encoder: a session that contains it could not be read again.
    public override OperationStatus EncodeUtf8(
        ReadOnlySpan<byte> utf8Source,
        Span<byte> utf8Destination,
        out int bytesConsumed,
        out int bytesWritten,
        bool isFinalBlock = true
    )
    {
        bytesConsumed = 0;
        bytesWritten = 0;
        Span<char> escape = stackalloc char[JsonText.MaxEscapeLength];
        while (bytesConsumed < utf8Source.Length)
        {
            var rest = utf8Source[bytesConsumed..];
            var plain = JsonText.IndexOfByteToEscape(rest);
            plain = plain < 0 ? rest.Length : plain;
            var copied = CopyWhatFits(rest[..plain], utf8Destination[bytesWritten..]);
            bytesConsumed += copied;
            bytesWritten += copied;
            if (copied < plain)
            {
                return OperationStatus.DestinationTooSmall;
            }

            if (plain < rest.Length)
            {
                var status = Rune.DecodeFromUtf8(rest[plain..], out var rune, out var consumed);
                if (status == OperationStatus.NeedMoreData && !isFinalBlock)
                {
                    return status;
                }

                escape[0] = (char)rune.Value;
                var length = status == OperationStatus.Done ? JsonText.WriteEscape(rune.Value, escape) : 1;
                if (!Encoding.UTF8.TryGetBytes(escape[..length], utf8Destination[bytesWritten..], out var written))
                {
                    return OperationStatus.DestinationTooSmall;
                }

                bytesConsumed += consumed;
                bytesWritten += written;
            }
        }

        return OperationStatus.Done;
    }

    /// <summary>Copies as many whole characters as fit.</summary>
    private static int CopyWhatFits(ReadOnlySpan<char> plain, Span<char> destination)
    {
        var length = Math.Min(plain.Length, destination.Length);
        if (length > 0 && length < plain.Length && char.IsLowSurrogate(plain[length]))
        {
            length--;
        }

        plain[..length].CopyTo(destination);
        return length;
    }

    private static int CopyWhatFits(ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        var length = Math.Min(plain.Length, destination.Length);
        while (length > 0 && length < plain.Length && IsContinuation(plain[length]))
        {
            length--;
        }

        plain[..length].CopyTo(destination);
        return length;
    }

    private static bool IsContinuation(byte utf8) => (utf8 & 0b1100_0000) == 0b1000_0000;
}
