namespace ServerSessions.Conformance.FirstParty;

/// <summary>
/// What the harnesses of all stores with a backend have in common: a second store on the same space is another one, and the log is read.
/// </summary>
/// <typeparam name="TStore">The store.</typeparam>
public abstract class BackendHarness<TStore> : SessionStoreHarness
    where TStore : ISessionStore
{
    /// <inheritdoc/>
    public override HarnessSettings Settings { get; } =
        new()
        {
            // Drivers pause longer between attempts to connect, the busier the machine is.
            Patience = TimeSpan.FromMinutes(1),
            CaseTimeLimit = TimeSpan.FromMinutes(3),
            PruneInterval = TimeSpan.FromMinutes(15),
        };

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

    /// <summary>The interval for a store: each wait is varied between half and one and a half of it.</summary>
    protected static TimeSpan PruneIntervalOf(StoreRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.PrunesItself ? TimeSpan.FromMinutes(10) : Timeout.InfiniteTimeSpan;
    }
}
