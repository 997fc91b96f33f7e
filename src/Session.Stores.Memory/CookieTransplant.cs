namespace Session.Stores.Memory;

/// <summary>Puts the cookie of one payload into another, as express-session's own MemoryStore does in a touch.</summary>
internal static class CookieTransplant
{
    /// <summary>
    /// The stored payload with the other's <c>cookie</c>, and every other byte as it was. The stored payload itself where there is nothing to
    /// change, or where either is no session.
    /// </summary>
    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> stored, ReadOnlyMemory<byte> other)
    {
        if (stored.Equals(other))
        {
            return stored;
        }

        try
        {
            var cookie = SessionDocument.Parse(other).CookieJson.Span;
            var oldCookie = SessionDocument.Parse(stored).CookieJson.Span;
            return cookie.SequenceEqual(oldCookie) ? stored : Replace(stored.Span, oldCookie, cookie);
        }
        catch (SessionPayloadException)
        {
            return stored;
        }
    }

    private static byte[] Replace(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> slice, ReadOnlySpan<byte> replacement)
    {
        payload.Overlaps(slice, out var start);
        return [.. payload[..start], .. replacement, .. payload[(start + slice.Length)..]];
    }
}
