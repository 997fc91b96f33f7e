using ServerSessions.Payload;

namespace ServerSessions.Stores;

/// <summary>
/// Replaces the cookie of a stored payload in a touch, for stores whose payload holds the expiry (memory, file). Every other byte stays.
/// </summary>
public static class PayloadCookie
{
    /// <summary>Returns a payload with another cookie.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="document">The document that was parsed from the payload and has not been changed.</param>
    /// <param name="cookie">The JSON of the new cookie.</param>
    /// <returns>A new payload; <paramref name="payload"/> itself if it has this cookie.</returns>
    /// <exception cref="ArgumentException">The document was not parsed from the payload.</exception>
    public static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> payload, SessionDocument document, ReadOnlySpan<byte> cookie)
    {
        ArgumentNullException.ThrowIfNull(document);
        var bytes = payload.Span;
        var old = document.CookieJson.Span;
        if (!bytes.Overlaps(old, out var start))
        {
            throw new ArgumentException("The document was not parsed from the payload.", nameof(document));
        }

        return cookie.SequenceEqual(old) ? payload : (byte[])[.. bytes[..start], .. cookie, .. bytes[(start + old.Length)..]];
    }
}
