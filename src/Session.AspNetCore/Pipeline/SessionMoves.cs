using System.Security.Cryptography;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// What stays under the old id when a session moves to a new one with its data: not a session, but where it went, for a few minutes. A
/// request that has read the old session and wants to end it ends the one that it has become; nobody can do anything else with it.
/// </summary>
internal sealed class SessionMoves(ServerSessionOptions options, IEnumerable<string> secrets, TimeProvider timeProvider)
{
    private const string Key = ReservedKeys.Moved;

    // Longer than requests take that have read the session before it moved.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    // Sealed, since whoever may read the old session must not learn where it is now.
    private readonly AesGcmPayloadProtector _protector = new(secrets.Select(Derive));

    /// <summary>What to store under the old id.</summary>
    /// <param name="fromKey">The name that the store keeps the old id under.</param>
    /// <param name="toKey">And the new one.</param>
    /// <param name="cookie">Its cookie, and until when it stays.</param>
    public SessionDocument Mark(string fromKey, string toKey, out SessionCookie cookie)
    {
        cookie = new SessionCookie(timeProvider) { MaxAge = Kept };
        var document = new SessionDocument(cookie.ToJson());
        document.SetJson(Key, Encoding.ASCII.GetBytes($"\"{_protector.Seal(fromKey, Encoding.UTF8.GetBytes(toKey))}\""));
        return document;
    }

    /// <summary>The name that the session is kept under now; nothing where this is a session and no mark.</summary>
    public string? TargetOf(string fromKey, SessionDocument document) =>
        document.TryGetJson(Key, out var json)
        && SessionJson.DecodeString(IsApart(json.Span) ? json.Span[1..^1] : json.Span) is { } text
        && _protector.Open(fromKey, text) is { } toKey
            ? Encoding.UTF8.GetString(toKey)
            : null;

    /// <summary>
    /// Whether this is a mark, also where another instance sealed it with a secret that is not known here: no session, though nobody here
    /// can say where it went. If the application may set the name itself, the seal alone tells.
    /// </summary>
    public bool IsMark(string fromKey, SessionDocument document) =>
        document.Count == 1
        && document.TryGetJson(Key, out var json)
        && !IsApart(json.Span)
        && (!options.AllowReservedKeys || TargetOf(fromKey, document) is not null);

    /// <summary>
    /// Before a session is stored: one that Node has made of a mark, and that was emptied here, would be taken for the mark again. In an
    /// array the seal still tells what is to end with the session.
    /// </summary>
    public void KeepApart(string fromKey, SessionDocument document)
    {
        if (IsMark(fromKey, document) && document.TryGetJson(Key, out var json))
        {
            document.SetJson(Key, (byte[])[(byte)'[', .. json.Span, (byte)']']);
        }
    }

    private static bool IsApart(ReadOnlySpan<byte> json) => json is [(byte)'[', .., (byte)']'];

    private static byte[] Derive(string secret) => SHA256.HashData([.. "session-moved-v1\0"u8, .. Encoding.UTF8.GetBytes(secret)]);
}
