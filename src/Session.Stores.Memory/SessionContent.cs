using ServerSessions.Payload;

namespace ServerSessions.Stores.Memory;

/// <summary>
/// Identifies one content of one session. A write creates a new instance, a touch keeps it. It is the token of this store's records.
/// </summary>
internal sealed class SessionContent
{
    /// <summary>Returns whether a stored record has the expected content.</summary>
    public static bool Matches(SessionRecord stored, SessionRecord expected) =>
        expected.Token is SessionContent content ? content == stored.Token : SamePayload(stored.Payload, expected.Payload);

    // A touch rewrites the cookie, so a payload is compared without it.
    private static bool SamePayload(ReadOnlyMemory<byte> stored, ReadOnlyMemory<byte> expected)
    {
        if (stored.Span.SequenceEqual(expected.Span))
        {
            return true;
        }

        try
        {
            return SessionDocument.Parse(stored).ContentEquals(SessionDocument.Parse(expected));
        }
        catch (SessionPayloadException)
        {
            return false;
        }
    }
}
