using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Stores.Memory;

/// <summary>Copies the cookie of one payload into another, as express-session's MemoryStore does in a touch.</summary>
internal static class CookieTransplant
{
    /// <summary>
    /// Returns the stored payload with the other's <c>cookie</c> and no other change. Returns the stored payload itself if nothing changes
    /// or if either is not a session.
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

        // The store accepts any payload: this one need not be a session.
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
    /// Returns whether both payloads differ only in their cookie, the usual case: both begin with a cookie and are equal from its first
    /// closing brace.
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

    /// <summary>Returns the last <c>cookie</c> member of a session, which is the one in effect, as a slice. Allocates nothing.</summary>
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
                // The reader's own comparison throws on an escaped lone surrogate.
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
