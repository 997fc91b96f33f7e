using System.Security.Cryptography;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Converts between sessions and what is at rest, the same for every store: the key of an id, and the payload of a record, as the options
/// want them protected. A sealed session is still a session object, <c>{"cookie":{…},"sealed":"…"}</c>, as stores that look into it expect.
/// Its cookie stands in the clear, with lifetimes and attributes, and once more inside, which is the one that counts.
/// </summary>
internal sealed class StoredFormat(
    bool hashSids,
    IPayloadProtector? protector,
    string backend,
    TimeProvider timeProvider,
    Latest<StoredFormat> latest
)
{
    private const string SealedKey = "sealed";

    /// <summary>Returns the format that validated options ask for.</summary>
    public static StoredFormat Of(
        ServerSessionOptions options,
        string backend,
        TimeProvider timeProvider,
        Latest<StoredFormat> latest
    ) =>
        new(
            options.Protection.HashIds,
            options.PayloadProtector
                ?? (options.Protection.Key is null ? null : new AesGcmPayloadProtector(PayloadKeys.Read(options.Protection))),
            backend,
            timeProvider,
            latest
        );

    /// <summary>Returns the name that the store keeps a session under. Computed once per request, because it may be a hash.</summary>
    public string StoreKeyOf(string sid) => hashSids ? SidHash.Of(sid) : sid;

    /// <summary>Returns the record to store for a session.</summary>
    /// <exception cref="SessionStoreUnavailableException">Data Protection could not read its keys.</exception>
    public SessionRecord ToRecord(string key, SessionDocument document, SessionCookie cookie, DateTimeOffset? expires)
    {
        try
        {
            return SessionRecord.TakeOwnership(Protect(key, document, cookie), expires);
        }
        catch (CryptographicException error)
        {
            throw WithoutKeys("encrypted", SessionStoreOperation.Set, error);
        }
    }

    /// <summary>
    /// Returns the content of a record; <see langword="null"/> if it must be encrypted and cannot be decrypted. A request that began before
    /// keys were reloaded also reads what later requests have encrypted.
    /// </summary>
    /// <exception cref="SessionStoreException">The bytes are not a session, or Data Protection could not read its keys.</exception>
    public SessionDocument? Open(string key, SessionRecord record) => OpenOwn(key, record) ?? latest.Other(this)?.OpenOwn(key, record);

    /// <summary>Returns the cookie of a session that was read, from its JSON.</summary>
    /// <exception cref="SessionStoreException">The JSON is not a cookie.</exception>
    public SessionCookie CookieOf(ReadOnlySpan<byte> json)
    {
        try
        {
            return SessionCookie.Parse(json, timeProvider);
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(backend, SessionStoreOperation.Get);
        }
    }

    /// <summary>Returns a format that differs in the keys of the payloads alone.</summary>
    public StoredFormat With(SessionProtectionOptions reloaded) =>
        new(hashSids, new AesGcmPayloadProtector(PayloadKeys.Read(reloaded)), backend, timeProvider, latest);

    private SessionDocument? OpenOwn(string key, SessionRecord record)
    {
        try
        {
            return Unprotect(key, record.Payload);
        }
        catch (SessionPayloadException error)
        {
            throw error.ForStore(backend, SessionStoreOperation.Get);
        }
        catch (CryptographicException error)
        {
            throw WithoutKeys("decrypted", SessionStoreOperation.Get, error);
        }
    }

    private SessionStoreUnavailableException WithoutKeys(string what, SessionStoreOperation operation, Exception cause) =>
        new(
            $"The session was not {what}: Data Protection could not read its keys. The inner exception has the cause. Check the place "
                + $"where the keys are kept.",
            operation,
            backend,
            cause
        );

    private ReadOnlyMemory<byte> Protect(string key, SessionDocument document, SessionCookie cookie)
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

    /// <summary>
    /// Returns the session; <see langword="null"/> if it should be sealed and is not, is sealed and should not be, or does not open.
    /// </summary>
    private SessionDocument? Unprotect(string key, ReadOnlyMemory<byte> payload)
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
