namespace ServerSessions.Conformance;

/// <summary>What the kit asks of a harness that makes a store.</summary>
public sealed class StoreRequest
{
    internal StoreRequest(string space, TimeProvider clock, TimeSpan defaultLifetime, bool willBreak, bool prunesItself)
    {
        Space = space;
        Clock = clock;
        DefaultLifetime = defaultLifetime;
        WillBreak = willBreak;
        PrunesItself = prunesItself;
    }

    /// <summary>
    /// The name of the place for the sessions: a table, a prefix, a folder. 1 to 30 characters, <c>a</c> to <c>z</c>, <c>0</c> to <c>9</c>
    /// and <c>_</c>, starting with a letter. A store for a name that was not asked for before is empty, and no two names share a session.
    /// </summary>
    public string Space { get; }

    /// <summary>
    /// The clock for the store. With <see cref="StoreTime.Virtual"/> the store must use it and no other, for its timers too.
    /// </summary>
    public TimeProvider Clock { get; }

    /// <summary>
    /// The lifetime for sessions without an expiry. Where the store cannot be told, say what it uses in
    /// <see cref="HarnessSettings.DefaultLifetime"/>.
    /// </summary>
    public TimeSpan DefaultLifetime { get; }

    /// <summary>
    /// Whether the case that asks is going to make a fault. A store that waits for a lost backend until a timeout may be given a short one
    /// then, and a long one, which no busy machine exceeds, otherwise.
    /// </summary>
    public bool WillBreak { get; }

    /// <summary>
    /// Whether the store shall prune by itself, at most <see cref="HarnessSettings.PruneInterval"/> apart. Otherwise it had better not:
    /// cases count what they prune.
    /// </summary>
    public bool PrunesItself { get; }
}
