using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Stores.Memory;

/// <summary>Puts the cookie of one payload into another, as express-session's own MemoryStore does in a touch.</summary>
internal static class CookieTransplant
{
    /// <summary>
    /// The stored payload with the other's <c>cookie</c>, and every other byte as it was. The stored payload itself where there is nothing
    /// to change, or where either is no session.
    /// </summary>
    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> stored, ReadOnlyMemory<byte> other)
    {
        if (stored.Equals(other))
        {
            return stored;
        }

        if (DiffersInCookieOnly(stored.Span, other.Span))
        {
            return other;
        }

        // A stored payload was stored as it came: it need not be a session.
        var cookie = FindCookie(other.Span);
        var oldCookie = FindCookie(stored.Span);
        if (cookie.IsEmpty || oldCookie.IsEmpty || cookie.SequenceEqual(oldCookie))
        {
            return stored;
        }

        stored.Span.Overlaps(oldCookie, out var start);
        return (byte[])[.. stored.Span[..start], .. cookie, .. stored.Span[(start + oldCookie.Length)..]];
    }

    /// <summary>
    /// Mostly nothing else has changed, and the result is there already: both begin with a cookie, and are the same from its first closing
    /// brace on, wherever in the cookie that stands.
    /// </summary>
    private static bool DiffersInCookieOnly(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> other)
    {
        var beginning = "{\"cookie\":{"u8;
        if (!stored.StartsWith(beginning) || !other.StartsWith(beginning))
        {
            return false;
        }

        var (storedEnd, otherEnd) = (stored.IndexOf((byte)'}'), other.IndexOf((byte)'}'));
        return storedEnd >= 0 && otherEnd >= 0 && stored[storedEnd..].SequenceEqual(other[otherEnd..]);
    }

    /// <summary>
    /// The <c>cookie</c> object of a session, as a slice; of several the last, which is the one that counts. Allocates nothing.
    /// </summary>
    private static ReadOnlySpan<byte> FindCookie(ReadOnlySpan<byte> payload)
    {
        var found = ReadOnlySpan<byte>.Empty;
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // The reader's own comparison throws on the escape of half a surrogate pair.
                var isCookie = reader.ValueIsEscaped
                    ? SessionJson.DecodeString(payload.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2))
                        == SessionDocument.CookieName
                    : reader.ValueSpan.SequenceEqual("cookie"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var isObject = reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
                if (isCookie)
                {
                    found = isObject ? payload[start..(int)reader.BytesConsumed] : default;
                }
            }

            return found;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
