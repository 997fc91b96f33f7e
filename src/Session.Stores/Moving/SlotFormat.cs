using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Stores;

/// <summary>
/// The form at rest of a <see cref="Slot"/> that is not a session. It is a session object with one member beside its cookie, because stores
/// refuse other bytes, and express-session reads it as an anonymous session. The member is in front of the cookie: then no plan to touch
/// while reading fits these bytes.
/// </summary>
internal static class SlotFormat
{
    /// <summary>How long a slot stays that says that a session has ended, or that one is being created in the other store.</summary>
    /// <remarks>Longer than the 30 seconds after which a carrier starts over, and than the time that one store call takes.</remarks>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    private const string Member = "__carry";
    private const string MovedText = "moved";
    private const string EndedText = "ended";
    private const string ProbeText = "probe";
    private const string CopyText = "copy ";

    private static ReadOnlySpan<byte> QuotedMember => "\"__carry\""u8;

    /// <summary>Reads what a store holds.</summary>
    public static Slot Read(SessionRecord? atRest) =>
        atRest is null ? default
        : TextOf(atRest.Payload) is not { } text ? new Slot(SlotKind.Record, atRest, atRest)
        : text == MovedText ? new Slot(SlotKind.Moved, atRest)
        : text is EndedText or ProbeText ? new Slot(SlotKind.Ended, atRest)
        : SessionIn(text) is { } payload
            ? new Slot(SlotKind.Copy, atRest, SessionRecord.TakeOwnership(payload, atRest.Expires))
        : new Slot(SlotKind.Record, atRest, atRest);

    public static SessionRecord Copy(SessionRecord session, MoveClock clock) =>
        New(CopyText + Convert.ToBase64String(session.Payload.Span), session.Expires!.Value, clock);

    /// <summary>Outlives the session by <see cref="Kept"/>: the copy must count as long as it lives, by any clock.</summary>
    public static SessionRecord Moved(DateTimeOffset sessionExpires, MoveClock clock) =>
        New(MovedText, MoveClock.Later(sessionExpires, Kept), clock);

    public static SessionRecord Ended(MoveClock clock) => New(EndedText, MoveClock.Later(clock.Now, Kept), clock);

    /// <summary>A record that no session has, to find out whether two stores are one.</summary>
    public static SessionRecord Probe(MoveClock clock) => New(ProbeText, MoveClock.Later(clock.Now, Kept), clock);

    /// <summary>The record that, by the contract, leaves nothing at rest.</summary>
    public static SessionRecord Nothing(SessionRecord atRest) =>
        SessionRecord.TakeOwnership(atRest.Payload, DateTimeOffset.UnixEpoch);

    /// <summary>
    /// Returns a session without the member of a slot: an application that knows one store only may have made a session of a slot.
    /// </summary>
    public static SessionRecord AsSession(SessionRecord record)
    {
        if (Read(record).Kind == SlotKind.Record)
        {
            return record;
        }

        var document = SessionDocument.Parse(record.Payload);
        document.Remove(Member);
        return SessionRecord.TakeOwnership(document.ToPayload(), record.Expires);
    }

    private static SessionRecord New(string text, DateTimeOffset expires, MoveClock clock)
    {
        var cookie = new SessionCookie(clock.TimeProvider) { Expires = expires };
        return SessionRecord.TakeOwnership(
            (byte[])
                [.. "{\"__carry\":\""u8, .. Encoding.ASCII.GetBytes(text), .. "\",\"cookie\":"u8, .. cookie.ToJson(), .. "}"u8],
            expires
        );
    }

    /// <summary>
    /// Returns the text of a slot; <see langword="null"/> for a session. A slot into which Node has put a value is a session.
    /// </summary>
    private static string? TextOf(ReadOnlyMemory<byte> payload)
    {
        if (payload.Span.IndexOf(QuotedMember) < 0)
        {
            return null;
        }

        try
        {
            var document = SessionDocument.Parse(payload);
            return document.Count == 1 && document.TryGetJson(Member, out var json) ? SessionJson.DecodeString(json.Span) : null;
        }
        catch (SessionPayloadException)
        {
            // A store may hold any bytes.
            return null;
        }
    }

    private static byte[]? SessionIn(string text)
    {
        if (!text.StartsWith(CopyText, StringComparison.Ordinal))
        {
            return null;
        }

        var encoded = text[CopyText.Length..];
        var payload = new byte[encoded.Length / 4 * 3];
        return Convert.TryFromBase64String(encoded, payload, out var length) ? payload[..length] : null;
    }
}
