namespace ServerSessions.Conformance.FirstParty;

/// <summary>
/// What the harnesses of stores on files have in common: a second store on the same space is another one, and the log is read.
/// </summary>
/// <typeparam name="TStore">The store.</typeparam>
public abstract class BackendHarness<TStore> : SessionStoreHarness
    where TStore : ISessionStore
{
    /// <inheritdoc/>
    public override HarnessSettings Settings => Running.Patiently;

    /// <summary>What the stores are given to log to.</summary>
    protected CollectingLogger<TStore> Logger { get; } = new();

    /// <inheritdoc/>
    public override async ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> LoggedLines() => Logger.Lines;
}
