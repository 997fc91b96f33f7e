using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace Session;

/// <summary>Makes System.Text.Json write strings as <c>JSON.stringify</c> does; see <see cref="JsonText"/> for the rules.</summary>
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

    // The base class replaces lone surrogates by U+FFFD before TryEncodeUnicodeScalar could see them.
    public override OperationStatus Encode(
        ReadOnlySpan<char> source, Span<char> destination, out int charsConsumed, out int charsWritten, bool isFinalBlock = true)
    {
        charsConsumed = 0;
        charsWritten = 0;
        while (charsConsumed < source.Length)
        {
            var rest = source[charsConsumed..];
            if (!isFinalBlock && rest.Length == 1 && char.IsHighSurrogate(rest[0]))
            {
                return OperationStatus.NeedMoreData;
            }

            var plain = JsonText.IndexOfCharToEscape(rest);
            plain = plain < 0 ? rest.Length : plain;
            if (!rest[..plain].TryCopyTo(destination[charsWritten..]))
            {
                return OperationStatus.DestinationTooSmall;
            }

            charsConsumed += plain;
            charsWritten += plain;
            if (plain < rest.Length)
            {
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

    public override OperationStatus EncodeUtf8(
        ReadOnlySpan<byte> utf8Source, Span<byte> utf8Destination, out int bytesConsumed, out int bytesWritten, bool isFinalBlock = true)
    {
        bytesConsumed = 0;
        bytesWritten = 0;
        Span<char> escape = stackalloc char[JsonText.MaxEscapeLength];
        while (bytesConsumed < utf8Source.Length)
        {
            var rest = utf8Source[bytesConsumed..];
            var plain = JsonText.IndexOfByteToEscape(rest);
            plain = plain < 0 ? rest.Length : plain;
            if (!rest[..plain].TryCopyTo(utf8Destination[bytesWritten..]))
            {
                return OperationStatus.DestinationTooSmall;
            }

            bytesConsumed += plain;
            bytesWritten += plain;
            if (plain < rest.Length)
            {
                var length = JsonText.WriteEscape(rest[plain], escape);
                if (!Encoding.ASCII.TryGetBytes(escape[..length], utf8Destination[bytesWritten..], out var written))
                {
                    return OperationStatus.DestinationTooSmall;
                }

                bytesConsumed++;
                bytesWritten += written;
            }
        }

        return OperationStatus.Done;
    }
}
