namespace ServerSessions.Stores.Memory;

/// <summary>Options of <see cref="MemorySessionStore"/>. Read once, when the store is made; validated then and at start.</summary>
public sealed class MemorySessionStoreOptions
{
    /// <summary>The default of <see cref="MaxSessions"/>: 100 000.</summary>
    public const int DefaultMaxSessions = 100_000;

    /// <summary>
    /// The most sessions held, 1 or more. One more, and the session that was used least recently is dropped; a get that finds it, a set and
    /// a touch are uses. Expired sessions count until they are swept.
    /// </summary>
    /// <value>Default: 100 000.</value>
    public int MaxSessions { get; set; } = DefaultMaxSessions;

    /// <summary>
    /// The most bytes that the payloads of all sessions have together, 1 or more. When more are stored, the sessions that were used least
    /// recently are dropped until they fit. A session that is larger by itself is refused with <see cref="SessionStoreException"/>. Ids and
    /// bookkeeping, about 310 bytes a session, do not count.
    /// </summary>
    /// <value>Default: 268 435 456, 256 MiB.</value>
    public long MaxBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>How long a session lives that is stored or touched without an expiry. More than zero.</summary>
    /// <value>Default: 1 day.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The time between two sweeps, which free the memory of expired sessions; 1 millisecond to 1 day. An expired session is not
    /// handed out, swept or not.
    /// </summary>
    /// <value>Default: 1 minute.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(1);
}
