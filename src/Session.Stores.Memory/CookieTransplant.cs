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

        try
        {
            return PayloadCookie.Replace(stored, SessionDocument.Parse(stored), SessionDocument.Parse(other).CookieJson.Span);
        }
        catch (SessionPayloadException)
        {
            // The store accepts any payload: one of them is not a session.
            return stored;
        }
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
}
