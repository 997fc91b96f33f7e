using System.Diagnostics;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>What a store keeps for one session: the session as JSON, and its expiry. Immutable and safe for concurrent use.</summary>
/// <remarks>
/// The payload is the UTF-8 JSON of the whole session object in express-session's format, <c>{"cookie":{…},"key":value,…}</c>, without a
/// byte order mark. <see cref="SessionDocument"/> reads and writes it. A store holds and returns these bytes, and does not need to parse
/// them.
/// </remarks>
[DebuggerDisplay("{Payload.Length} bytes, expires {Expires}")]
public sealed class SessionRecord
{
    /// <summary>Initializes a new instance of the <see cref="SessionRecord"/> class with a copy of <paramref name="payload"/>.</summary>
    /// <param name="payload">The session as UTF-8 JSON. Copied.</param>
    /// <param name="expires">
    /// The instant from which the session is expired. <see langword="null"/>: the store's default lifetime applies.
    /// </param>
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
    /// The instant from which the session is expired. In a record from a store it is never <see langword="null"/>, and is the true expiry.
    /// In a record for a store <see langword="null"/> means the store's default lifetime.
    /// </summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>
    /// The value by which the store that produced this record recognizes it in <see cref="IConditionalSessionStore.TrySetAsync"/>. Opaque
    /// to all other code. <see langword="null"/> in records that no store produced.
    /// </summary>
    public object? Token { get; }

    /// <summary>
    /// Creates a record from a buffer without copying it. The record takes ownership: the caller must not write to the buffer again.
    /// </summary>
    /// <param name="payload">The session as UTF-8 JSON. Not copied.</param>
    /// <param name="expires">
    /// The instant from which the session is expired. <see langword="null"/>: the store's default lifetime applies.
    /// </param>
    /// <param name="token">See <see cref="Token"/>.</param>
    /// <returns>The record.</returns>
    public static SessionRecord TakeOwnership(ReadOnlyMemory<byte> payload, DateTimeOffset? expires, object? token = null) =>
        new(payload, expires, token);

    /// <summary>Returns the type and the size. Payloads must not reach logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => $"SessionRecord ({Payload.Length} bytes)";
}
