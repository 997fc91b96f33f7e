namespace ServerSessions.Conformance;

/// <summary>
/// What the author of a store writes: how the kit gets a store. One method is mandatory; each further one that is overridden lets more
/// cases run. A harness class has a public parameterless constructor, so that adapters and the tool can make it.
/// </summary>
/// <remarks>
/// The kit calls a harness from one thread at a time, except with <see cref="StoreTime.Real"/>, where timed cases run at the same time. It
/// disposes every store that it was given, sometimes twice, and at last the harness.
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

    /// <summary>Whose clock decides. Default <see cref="StoreTime.Virtual"/>.</summary>
    public virtual StoreTime Time => StoreTime.Virtual;

    /// <summary>What is particular about the store.</summary>
    public virtual HarnessSettings Settings { get; } = new();

    /// <summary>The cases that the store is known not to keep. Default: none.</summary>
    public virtual IReadOnlyList<Waiver> Waivers => [];

    /// <summary>The faults that <see cref="BreakAsync"/> can make. Default: none.</summary>
    public virtual IReadOnlyList<StoreFault> Faults => [];

    /// <summary>Says why nothing can run here: no server, no rights. Asked first, once.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The reason in words; <see langword="null"/>: it can run, the default.</returns>
    public virtual ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>Makes a store over an empty space of its own. The only thing a harness must do.</summary>
    /// <param name="request">The space, the clock and the default lifetime.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The store, which the kit disposes.</returns>
    public abstract ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a store over the data that an earlier store for this request has left, which was disposed meanwhile, or left as a process
    /// leaves it that is killed. Allows the PER cases.
    /// </summary>
    /// <param name="request">The same request as the first store's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The store; <see langword="null"/>, the default: the store does not outlive its disposal.</returns>
    public virtual ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(null);

    /// <summary>Makes a second store over the data of one that is in use, as another process would. Allows the PEER cases.</summary>
    /// <param name="request">The same request as the first store's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The store; <see langword="null"/>, the default: there cannot be two.</returns>
    public virtual ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(null);

    /// <summary>With <see cref="StoreTime.Backend"/>: moves the backend's clock on. Not called otherwise.</summary>
    /// <param name="by">How far; more than zero.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the clock has moved.</returns>
    public virtual ValueTask AdvanceAsync(TimeSpan by, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{GetType().Name} declares StoreTime.Backend and does not override AdvanceAsync.");

    /// <summary>
    /// Puts something that is no session where the store keeps the session of a sid, as a broken disk or another program would; it has not
    /// expired. Allows the cases of damaged entries.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was done; <see langword="false"/>, the default: the harness cannot.</returns>
    public virtual ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        ValueTask.FromResult(false);

    /// <summary>
    /// Removes the entry of a sid without asking the store, as an administrator would. Allows the case of the entry that went away.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <param name="sid">The session id; its session is there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was done; <see langword="false"/>, the default: the harness cannot.</returns>
    public virtual ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        ValueTask.FromResult(false);

    /// <summary>
    /// Everything that is at rest in the space of a store, read without asking the store: a text for each entry with all that is kept of
    /// it, key and content, expired ones included. Allows the cases about what is left at rest, and lets the preflight see whether peers
    /// and reopened stores are where the first one is.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The entries; <see langword="null"/>, the default: the harness cannot read them.</returns>
    public virtual ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyCollection<string>?>(null);

    /// <summary>
    /// The files and folders that a store has made for its sessions. Allows the case about who may read them. Called while the store is in
    /// use, on Unix only.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <returns>Their paths; <see langword="null"/>, the default: the store makes none.</returns>
    public virtual IReadOnlyCollection<string>? FilesAtRest(StoreRequest request) => null;

    /// <summary>Makes a fault that is in <see cref="Faults"/>. Called for stores that are in use.</summary>
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
    /// What the stores of this harness have logged so far at Information and above, exceptions included. Allows the case that looks for ids
    /// in logs.
    /// </summary>
    /// <returns>The lines; <see langword="null"/>, the default: the harness does not collect them.</returns>
    public virtual IReadOnlyCollection<string>? LoggedLines() => null;

    /// <summary>Removes what the harness has made: files, tables, servers. Called once, after all stores were disposed.</summary>
    /// <returns>A task that completes once all is gone.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
