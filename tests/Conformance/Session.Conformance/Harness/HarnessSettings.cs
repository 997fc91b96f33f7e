namespace ServerSessions.Conformance;

/// <summary>What is particular about a store, as far as the contract leaves it a choice.</summary>
public sealed record HarnessSettings
{
    /// <summary>
    /// To what multiple an expiry is rounded up: 1 millisecond, or 1 second where a Node-compatible format holds whole seconds.
    /// </summary>
    /// <value>1 millisecond to 1 second. Default 1 millisecond.</value>
    public TimeSpan Granularity { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// How far the clock of the backend and an expiry that it reports may be off: network delay and difference of clocks. A case never
    /// fails for less.
    /// </summary>
    /// <value>Zero or more. Default zero.</value>
    public TimeSpan ClockSlack { get; init; }

    /// <summary>How faithfully payloads come back.</summary>
    /// <value>Default <see cref="PayloadFidelity.Bytes"/>.</value>
    public PayloadFidelity Fidelity { get; init; } = PayloadFidelity.Bytes;

    /// <summary>
    /// Whether the <c>cookie.expires</c> in the payload <em>is</em> the expiry, as with session files: the kit then never lets the two
    /// differ.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool ExpiryInPayload { get; init; }

    /// <summary>
    /// The lifetime of sessions without an expiry, where the store does not take <see cref="StoreRequest.DefaultLifetime"/>.
    /// </summary>
    /// <value>Default <see langword="null"/>: it takes it.</value>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>The largest payload that the store takes; a larger one is refused with a <see cref="SessionStoreException"/>.</summary>
    /// <value>Bytes, 256 or more. Default <see langword="null"/>: no limit is stated, and sizes up to 1 MiB are tried.</value>
    public int? MaxPayloadBytes { get; init; }

    /// <summary>How long a write of one instance may take to be seen by another on the same backend.</summary>
    /// <value>Zero or more. Default zero: at once.</value>
    public TimeSpan PeerStaleness { get; init; }

    /// <summary>
    /// Whether something besides <see cref="IPrunableSessionStore.PruneAsync"/> removes expired sessions while a case runs: its counts are
    /// then upper limits.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool PrunesInBackground { get; init; }

    /// <summary>
    /// The longest time between two prunings that the store makes by itself where <see cref="StoreRequest.PrunesItself"/> asks for them.
    /// They must go by <see cref="StoreRequest.Clock"/>.
    /// </summary>
    /// <value>Default <see langword="null"/>: the store does not prune by itself, or cannot be told to.</value>
    public TimeSpan? PruneInterval { get; init; }

    /// <summary>Whether the store claims that nobody who can read what is at rest learns a session id: it keeps a hash of it.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool HidesIds { get; init; }

    /// <summary>
    /// The shortest lifetime that cases use with <see cref="StoreTime.Real"/>; raised to four times <see cref="Granularity"/> where that is
    /// more.
    /// </summary>
    /// <value>Default 400 milliseconds.</value>
    public TimeSpan ShortestLife { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// How long a case waits, in real time, for what the store or its backend brings about in their own time: connecting again, ending a
    /// call that was cancelled, pruning. Nothing waits longer than it must; only a store that is wrong takes all of it.
    /// </summary>
    /// <value>Default 10 seconds.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one case may take, in real time.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan CaseTimeLimit { get; init; } = TimeSpan.FromSeconds(30);
}
