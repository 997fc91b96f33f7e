using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// What the options ask for at rest, in one place for every store: the name that a session is kept under, and its payload sealed. A sealed
/// session is still a session object, <c>{"cookie":{…},"sealed":"…"}</c>, as stores that look into it expect: the cookie stands in the
/// clear, with lifetimes and attributes, and once more inside, where it counts.
/// </summary>
internal sealed class RecordProtection(bool hashSids, IPayloadProtector? protector)
{
    private const string SealedKey = "sealed";

    /// <summary>The protection that validated options ask for.</summary>
    public static RecordProtection Of(ServerSessionOptions options) =>
        new(
            options.Protection.HashIds,
            options.PayloadProtector
                ?? (options.Protection.Key is null ? null : new AesGcmPayloadProtector(PayloadKeys.Read(options.Protection)))
        );

    /// <summary>Returns a protection that differs in the keys of the payloads alone.</summary>
    public static RecordProtection Of(ServerSessionOptions options, SessionProtectionOptions reloaded) =>
        new(options.Protection.HashIds, new AesGcmPayloadProtector(PayloadKeys.Read(reloaded)));

    public string KeyOf(string sid) => hashSids ? SidHash.Of(sid) : sid;

    public ReadOnlyMemory<byte> Protect(string key, SessionDocument document, SessionCookie cookie)
    {
        var payload = document.ToPayload(cookie);
        if (protector is null)
        {
            return payload;
        }

        var envelope = new SessionDocument(cookie.ToJson());
        envelope.SetJson(SealedKey, System.Text.Encoding.ASCII.GetBytes($"\"{protector.Seal(key, payload)}\""));
        return envelope.ToPayload();
    }

    /// <summary>The session; nothing where it should be sealed and is not, is sealed and should not be, or does not open: it
    /// is not taken for one of ours.</summary>
    public SessionDocument? Unprotect(string key, ReadOnlyMemory<byte> payload)
    {
        var document = SessionDocument.Parse(payload);
        if (protector is null)
        {
            return IsSealed(document) ? null : document;
        }

        return
            document.TryGetJson(SealedKey, out var json)
            && SessionJson.DecodeString(json.Span) is { } text
            && protector.Open(key, text) is { } opened
            ? SessionDocument.Parse(opened)
            : null;
    }

    /// <summary>
    /// Whether this is the envelope of a sealed session. Without a key its visitor would get a session that holds the envelope, and with
    /// the key again the session as it was before.
    /// </summary>
    private static bool IsSealed(SessionDocument document) =>
        document.Count == 1
        && document.TryGetJson(SealedKey, out var json)
        && SessionJson.DecodeString(json.Span) is { } text
        && (AesGcmPayloadProtector.HasForm(text) || DataProtectionPayloadProtector.HasForm(text));
}
