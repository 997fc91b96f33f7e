using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class ConformanceTests : FirstPartyConformance<MemoryHarness>
{
    internal const string NoBackend = "The sessions are in the store object: there is no backend beside it.";

    protected override IReadOnlyDictionary<string, string> LeftOut { get; } =
        new Dictionary<string, string>
        {
            ["ReopenStoreAsync"] = "The sessions end with the store object.",
            ["CreatePeerAsync"] = "A second store object has sessions of its own.",
            ["PlantDamageAsync"] = NoBackend,
            ["RemoveEntryAsync"] = NoBackend,
            ["EntriesAtRestAsync"] = NoBackend,
            ["FilesAtRest"] = NoBackend,
            ["Unavailable"] = NoBackend,
            ["Hang"] = NoBackend,
            ["ReadOnly"] = NoBackend,
            ["Denied"] = NoBackend,
        };
}

public sealed class MemoryHarness : SessionStoreHarness
{
    private readonly CollectingLogger<MemorySessionStore> _logger = new();

    public override HarnessSettings Settings { get; } = new() { CaseTimeLimit = TimeSpan.FromMinutes(3) };

    public override IReadOnlyList<Waiver> NotTried =>
        [
            .. new[] { "NFD-06", "NFD-09", "NFD-10", "CAN-05", "ERR-04", "ERR-05", "ERR-09", "DSP-05" }.Select(static id => new Waiver(
                id,
                ConformanceTests.NoBackend
            )),
        ];

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(
            new MemorySessionStore(
                new MemorySessionStoreOptions { DefaultLifetime = request.DefaultLifetime, PruneInterval = TimeSpan.FromDays(1) },
                request.Clock,
                _logger
            )
        );

    public override IReadOnlyCollection<string> LoggedLines() => _logger.Lines;
}
