using ServerSessions.Payload;

namespace ServerSessions.Stores.Memory;

/// <summary>
/// Marks one content of one session. Every write of a session makes a new one, a touch keeps it: it is the token of the records that
/// this store hands out.
/// </summary>
internal sealed class SessionContent
{
    /// <summary>Whether a stored record still has the content that is expected of it.</summary>
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
