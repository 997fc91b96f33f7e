using System.Security.Cryptography;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Converts between sessions and what is at rest: the key of an id, and the payload of a record, as the options want them protected.
/// </summary>
internal sealed class StoredFormat(RecordProtection protection, string backend, TimeProvider timeProvider, Latest<StoredFormat> latest)
{
    /// <summary>Returns the name that the store keeps a session under. Computed once per request, because it may be a hash.</summary>
    public string KeyOf(string sid) => protection.KeyOf(sid);

    /// <summary>Returns the record to store for a session.</summary>
    /// <exception cref="SessionStoreUnavailableException">Data Protection could not read its keys.</exception>
    public SessionRecord ToRecord(string key, SessionDocument document, SessionCookie cookie, DateTimeOffset? expires)
    {
        try
        {
            return SessionRecord.TakeOwnership(protection.Protect(key, document, cookie), expires);
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

    /// <summary>Returns a format that protects records otherwise.</summary>
    public StoredFormat With(RecordProtection other) => new(other, backend, timeProvider, latest);

    private SessionDocument? OpenOwn(string key, SessionRecord record)
    {
        try
        {
            return protection.Unprotect(key, record.Payload);
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
}
