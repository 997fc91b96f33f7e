namespace ServerSessions.Stores.Memory;

/// <summary>The options of <see cref="MemorySessionStore"/>. Read once, when the store is created; validated then and at start.</summary>
public sealed class MemorySessionStoreOptions
{
    /// <summary>The default of <see cref="MaxSessions"/>, 100,000.</summary>
    public const int DefaultMaxSessions = 100_000;

    /// <summary>
    /// Gets or sets the largest number of sessions. One more drops the least recently used. A get that finds a session, a set and a touch
    /// are uses. Expired sessions count until they are pruned.
    /// </summary>
    /// <value>1 or more. Default 100,000.</value>
    public int MaxSessions { get; set; } = DefaultMaxSessions;

    /// <summary>
    /// Gets or sets the largest number of bytes of all payloads together. More drops the least recently used sessions until the rest fit. A
    /// single larger session is refused with <see cref="SessionStoreException"/>. Ids and bookkeeping, about 310 bytes a session, do not
    /// count.
    /// </summary>
    /// <value>1 or more. Default 268,435,456 (256 MiB).</value>
    public long MaxBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Gets or sets the lifetime of a session that is stored or touched without an expiry.</summary>
    /// <value>More than zero. Default 1 day.</value>
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Gets or sets the time between two runs of pruning, which free the memory of expired sessions. An expired session is absent, pruned
    /// or not.
    /// </summary>
    /// <value>1 millisecond to 1 day. Default 1 minute.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Returns a copy, which later changes to these options do not reach.</summary>
    internal MemorySessionStoreOptions Copy() => (MemorySessionStoreOptions)MemberwiseClone();
}
