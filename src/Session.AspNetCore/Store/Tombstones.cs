using System.Security.Cryptography;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The tombstone that stays for five minutes under the old id of a renewed session. A request that has read the old session and destroys it
/// also destroys the successor. Without a successor it stays under an id at which a session was ended before it was stored.
/// </summary>
internal sealed class Tombstones(
    ServerSessionOptions options,
    IEnumerable<string> secrets,
    TimeProvider timeProvider,
    Latest<Tombstones> latest
)
{
    private const string Key = ReservedKeys.Moved;

    // Longer than requests take that have read the session before it was renewed.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    // Sealed, because read access to the old session must not disclose the new key.
    private readonly AesGcmPayloadProtector _protector = new(secrets.Select(Derive));

    /// <summary>Creates the tombstone to store under the old id, or under an id at which no session may begin any more.</summary>
    /// <param name="fromKey">The store key of the old id.</param>
    /// <param name="toKey">The store key of the new id; empty if there is none.</param>
    /// <param name="cookie">The tombstone's cookie with its expiry.</param>
    public SessionDocument Create(string fromKey, string toKey, out SessionCookie cookie)
    {
        cookie = new SessionCookie(timeProvider) { MaxAge = Kept };
        var document = new SessionDocument(cookie.ToJson());
        document.SetJson(Key, Encoding.ASCII.GetBytes($"\"{_protector.Seal(fromKey, Encoding.UTF8.GetBytes(toKey))}\""));
        return document;
    }

    /// <summary>
    /// Returns the key of the successor; <see langword="null"/> if this is a session, not a tombstone, or if there is none. A request that
    /// began before secrets were reloaded also reads the tombstones of later requests.
    /// </summary>
    public string? TargetOf(string fromKey, SessionDocument document) =>
        (OpenOwn(fromKey, document) ?? latest.Other(this)?.OpenOwn(fromKey, document)) is { Length: > 0 } toKey ? toKey : null;

    /// <summary>
    /// Whether the document is a tombstone, even if it was sealed with an unknown secret. If the application may set the name itself, only
    /// the seal decides.
    /// </summary>
    public bool IsTombstone(string fromKey, SessionDocument document) =>
        document.Count == 1
        && document.TryGetJson(Key, out var json)
        && !IsApart(json.Span)
        && (!options.AllowReservedKeys || OpenOwn(fromKey, document) is not null);

    /// <summary>
    /// Prepares a session to be stored: if Node has made it of a tombstone, and it was emptied here, it would be read as the tombstone
    /// again. So the seal is put into an array, from which the successor is still found.
    /// </summary>
    public void KeepApart(string fromKey, SessionDocument document)
    {
        if (IsTombstone(fromKey, document) && document.TryGetJson(Key, out var json))
        {
            document.SetJson(Key, (byte[])[(byte)'[', .. json.Span, (byte)']']);
        }
    }

    private string? OpenOwn(string fromKey, SessionDocument document) =>
        document.TryGetJson(Key, out var json)
        && SessionJson.DecodeString(IsApart(json.Span) ? json.Span[1..^1] : json.Span) is { } text
        && _protector.Open(fromKey, text) is { } toKey
            ? Encoding.UTF8.GetString(toKey)
            : null;

    private static bool IsApart(ReadOnlySpan<byte> json) => json is [(byte)'[', .., (byte)']'];

    private static byte[] Derive(string secret) => SHA256.HashData([.. "session-moved-v1\0"u8, .. Encoding.UTF8.GetBytes(secret)]);
}
