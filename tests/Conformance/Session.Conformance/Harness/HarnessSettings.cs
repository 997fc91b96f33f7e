namespace ServerSessions.Conformance;

/// <summary>The properties of a store that the contract leaves open.</summary>
public sealed record HarnessSettings
{
    /// <summary>
    /// The multiple to which the store rounds an expiry up: 1 millisecond, or 1 second if a Node-compatible format has whole seconds.
    /// </summary>
    /// <value>1 millisecond to 1 second. Default 1 millisecond.</value>
    public TimeSpan Granularity { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// The tolerated error of the backend's clock and of an expiry that it reports: network delay and difference of clocks. No case
    /// fails for less.
    /// </summary>
    /// <value>Zero or more. Default zero.</value>
    public TimeSpan ClockSlack { get; init; }

    /// <summary>The fidelity with which the store returns payloads.</summary>
    /// <value>Default <see cref="PayloadFidelity.Bytes"/>.</value>
    public PayloadFidelity Fidelity { get; init; } = PayloadFidelity.Bytes;

    /// <summary>
    /// Whether the <c>cookie.expires</c> in the payload <em>is</em> the expiry, as in session files. The kit then keeps the two equal.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool ExpiryInPayload { get; init; }

    /// <summary>
    /// The lifetime of sessions without an expiry, if the store ignores <see cref="StoreRequest.DefaultLifetime"/>.
    /// </summary>
    /// <value>Default <see langword="null"/>: the store uses that of the request.</value>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>The largest payload that the store accepts. It refuses a larger one with a <see cref="SessionStoreException"/>.</summary>
    /// <value>Bytes, 256 or more. Default <see langword="null"/>: no limit is stated, and sizes up to 1 MiB are tried.</value>
    public int? MaxPayloadBytes { get; init; }

    /// <summary>The longest time until another instance on the same backend sees a write.</summary>
    /// <value>Zero or more. Default zero: at once.</value>
    public TimeSpan PeerStaleness { get; init; }

    /// <summary>
    /// Whether something besides <see cref="IPrunableSessionStore.PruneAsync"/> removes expired sessions while a case runs. The counts that
    /// prune returns are then upper limits.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool PrunesInBackground { get; init; }

    /// <summary>
    /// The longest time between two prunings that the store makes by itself if <see cref="StoreRequest.PrunesItself"/> is set.
    /// They must use <see cref="StoreRequest.Clock"/>.
    /// </summary>
    /// <value>Default <see langword="null"/>: the store does not prune by itself, or cannot be told to.</value>
    public TimeSpan? PruneInterval { get; init; }

    /// <summary>Whether the store claims to keep only a hash of each session id, so that the data at rest reveals no id.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool HidesIds { get; init; }

    /// <summary>
    /// The shortest lifetime that cases use with <see cref="StoreTime.Real"/>. Four times <see cref="Granularity"/> is used if that is
    /// longer.
    /// </summary>
    /// <value>Default 400 milliseconds.</value>
    public TimeSpan ShortestLife { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// The longest wait, in real time, for what the store or its backend does in its own time: connect again, end a cancelled call,
    /// prune. A wait ends as soon as it happens; only a faulty store takes all of it.
    /// </summary>
    /// <value>Default 10 seconds.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest duration of one case, in real time.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan CaseTimeLimit { get; init; } = TimeSpan.FromSeconds(30);
}
