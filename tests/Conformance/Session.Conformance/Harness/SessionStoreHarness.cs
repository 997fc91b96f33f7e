namespace ServerSessions.Conformance;

/// <summary>
/// Gives the conformance kit a store to test. The author of a store overrides one method; each further override lets more cases run.
/// A harness class has a public parameterless constructor, so that adapters and the tool can create it.
/// </summary>
/// <remarks>
/// The kit calls one member at a time, except with <see cref="StoreTime.Real"/>, with which timed cases run at the same time. Stores of
/// several spaces are in use at the same time (<see cref="ConformanceRunOptions.AtOnce"/>).
/// It disposes every store that it gets, sometimes twice, and the harness last.
/// </remarks>
public abstract class SessionStoreHarness : IAsyncDisposable
{
    /// <summary>The store's name in reports. Default: the name of the harness class without <c>Harness</c>.</summary>
    public virtual string Name =>
        GetType().Name is var name && name.EndsWith("Harness", StringComparison.Ordinal) && name.Length > "Harness".Length
            ? name[..^"Harness".Length]
            : name;

    /// <summary>The backend and its version for the report: <c>SQLite 3.50</c>. Default: nothing.</summary>
    public virtual string Backend => "";

    /// <summary>The clock that decides about expiry. Default <see cref="StoreTime.Virtual"/>.</summary>
    public virtual StoreTime Time => StoreTime.Virtual;

    /// <summary>The properties of the store that the contract leaves open.</summary>
    public virtual HarnessSettings Settings { get; } = new();

    /// <summary>The cases that the store is known to break. Default: none.</summary>
    public virtual IReadOnlyList<Waiver> Waivers => [];

    /// <summary>
    /// The required cases that the harness cannot try, with the reason, such as an outage of a store without a backend. The verdict names
    /// them; the exit code does not count them. An entry whose case was tried is stale, and counts as a failure. Default: none.
    /// </summary>
    public virtual IReadOnlyList<Waiver> NotTried => [];

    /// <summary>The faults that <see cref="BreakAsync"/> can make. Default: none.</summary>
    public virtual IReadOnlyList<StoreFault> Faults => [];

    /// <summary>Returns why no case can run here, such as a missing server or right. Called once, before all else.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The reason as a sentence; <see langword="null"/>, the default: cases can run.</returns>
    public virtual ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>Creates a store over an empty space of its own. The only member that a harness must override.</summary>
    /// <param name="request">The space, the clock and the default lifetime.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The store, which the kit disposes.</returns>
    public abstract ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a store over the data of an earlier store for this request, which was disposed or was abandoned as by a killed process.
    /// Enables the PER cases.
    /// </summary>
    /// <param name="request">The same request as the first store's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The store; <see langword="null"/>, the default: the store does not outlive its disposal.</returns>
    public virtual ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(null);

    /// <summary>Creates a second store over the data of one in use, as another process would. Enables the PEER cases.</summary>
    /// <param name="request">The same request as the first store's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The store; <see langword="null"/>, the default: there cannot be two.</returns>
    public virtual ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(null);

    /// <summary>Moves the backend's clock on. Called only with <see cref="StoreTime.Backend"/>.</summary>
    /// <param name="by">How far; more than zero.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the clock has moved.</returns>
    public virtual ValueTask AdvanceAsync(TimeSpan by, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{GetType().Name} declares StoreTime.Backend and does not override AdvanceAsync.");

    /// <summary>
    /// Replaces the stored session of a sid with something that is no session, as a broken disk or another program would. It has not
    /// expired. Enables the cases about damaged entries.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was done; <see langword="false"/>, the default, if the harness cannot.</returns>
    public virtual ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        ValueTask.FromResult(false);

    /// <summary>
    /// Removes the entry of a sid without the store, as an administrator would. Enables the case about a removed entry.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <param name="sid">The session id; its session is there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was done; <see langword="false"/>, the default, if the harness cannot.</returns>
    public virtual ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        ValueTask.FromResult(false);

    /// <summary>
    /// Returns everything at rest in the space of a store, read without the store: one string per entry with its key and content, expired
    /// ones included. Enables the cases about data at rest. The preflight also checks with it that peers and reopened stores use the
    /// same space.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The entries; <see langword="null"/>, the default: the harness cannot read them.</returns>
    public virtual ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyCollection<string>?>(null);

    /// <summary>
    /// Returns the files and folders that a store created for its sessions. Enables the case about their access rights. Called on Unix
    /// only, while the store is in use.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <returns>Their paths; <see langword="null"/>, the default: the store makes none.</returns>
    public virtual IReadOnlyCollection<string>? FilesAtRest(StoreRequest request) => null;

    /// <summary>Makes a fault that <see cref="Faults"/> lists. Called for stores that are in use.</summary>
    /// <param name="request">The request of the store.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the backend is broken.</returns>
    public virtual ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{GetType().Name} declares faults and does not override BreakAsync.");

    /// <summary>Ends the fault that <see cref="BreakAsync"/> made.</summary>
    /// <param name="request">The request of the store.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the backend can be used again.</returns>
    public virtual ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{GetType().Name} declares faults and does not override MendAsync.");

    /// <summary>
    /// Returns what the stores of this harness logged so far at Information and above, exceptions included. Enables the case about ids
    /// in logs.
    /// </summary>
    /// <returns>The lines; <see langword="null"/>, the default: the harness does not collect them.</returns>
    public virtual IReadOnlyCollection<string>? LoggedLines() => null;

    /// <summary>Removes what the harness created: files, tables, servers. Called once, after all stores were disposed.</summary>
    /// <returns>A task that completes once all is gone.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
