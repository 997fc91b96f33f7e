namespace ServerSessions.Conformance;

/// <summary>A request of the kit to a harness for a store.</summary>
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
    /// and <c>_</c>, starting with a letter. A store for a new name is empty, and no two names share a session.
    /// </summary>
    public string Space { get; }

    /// <summary>
    /// The clock for the store. With <see cref="StoreTime.Virtual"/> the store must use it and no other, for its timers too.
    /// </summary>
    public TimeProvider Clock { get; }

    /// <summary>
    /// The lifetime for sessions without an expiry. If the store cannot be told, state the one that it uses in
    /// <see cref="HarnessSettings.DefaultLifetime"/>.
    /// </summary>
    public TimeSpan DefaultLifetime { get; }

    /// <summary>
    /// Whether the case is going to make a fault. If so, give the store a short timeout for a lost backend; otherwise one so long
    /// that no busy machine exceeds it.
    /// </summary>
    public bool WillBreak { get; }

    /// <summary>
    /// Whether the store must prune by itself, at most <see cref="HarnessSettings.PruneInterval"/> apart. If not, it should not prune by
    /// itself: cases count what they prune.
    /// </summary>
    public bool PrunesItself { get; }

    /// <summary>A request for another space, whose name begins like this one's.</summary>
    internal StoreRequest Beside(string end) => new(Space + end, Clock, DefaultLifetime, WillBreak, PrunesItself);
}
