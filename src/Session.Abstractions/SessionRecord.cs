using System.Diagnostics;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// What a store keeps for one session: the session as JSON, and when it ends. Immutable, and safe to share between threads.
/// </summary>
/// <remarks>
/// The payload is the UTF-8 JSON of the whole session object as express-session writes it,
/// <c>{"cookie":{…},"key":value,…}</c>, without a byte order mark; <see cref="SessionDocument"/> reads and writes it. A store holds these
/// bytes and gives them back; it does not need to understand them.
/// </remarks>
[DebuggerDisplay("{Payload.Length} bytes, expires {Expires}")]
public sealed class SessionRecord
{
    /// <summary>Makes a record of a copy of <paramref name="payload"/>.</summary>
    /// <param name="payload">The session as UTF-8 JSON. Copied.</param>
    /// <param name="expires">The instant from which the session is expired; <see langword="null"/>: the store's default lifetime
    /// applies.</param>
    /// <param name="token">See <see cref="Token"/>.</param>
    public SessionRecord(ReadOnlySpan<byte> payload, DateTimeOffset? expires, object? token = null)
        : this((ReadOnlyMemory<byte>)payload.ToArray(), expires, token) { }

    private SessionRecord(ReadOnlyMemory<byte> payload, DateTimeOffset? expires, object? token)
    {
        Payload = payload;
        Expires = expires;
        Token = token;
    }

    /// <summary>The session as UTF-8 JSON. Never changes.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>
    /// The instant from which the session is expired. In a record from a store it is always there and is the true one; in a record for
    /// a store <see langword="null"/> stands for the store's default lifetime.
    /// </summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>
    /// What the store that produced this record needs to recognize it in <see cref="IConditionalSessionStore.TrySetAsync"/>. Nobody else
    /// understands it. <see langword="null"/> in records that no store has produced.
    /// </summary>
    public object? Token { get; }

    /// <summary>
    /// Makes a record of a buffer without copying it, for buffers that were made for this record: the caller hands the buffer over
    /// and never writes to it again.
    /// </summary>
    /// <param name="payload">The session as UTF-8 JSON. Not copied.</param>
    /// <param name="expires">As in the constructor.</param>
    /// <param name="token">See <see cref="Token"/>.</param>
    /// <returns>The record.</returns>
    public static SessionRecord TakeOwnership(ReadOnlyMemory<byte> payload, DateTimeOffset? expires, object? token = null) =>
        new(payload, expires, token);

    /// <summary>Names the type and the size only: a payload is not for logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => $"SessionRecord ({Payload.Length} bytes)";
}
