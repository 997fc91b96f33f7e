using ServerSessions.Conformance;
using ServerSessions.Conformance.Xunit;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Memory.Tests;

/// <summary>A store that can be told to fail does what the one behind it does until it is told.</summary>
public sealed class FaultyStoreConformanceTests : SessionStoreConformance<FaultyMemoryHarness>;

public sealed class FaultyMemoryHarness : SessionStoreHarness
{
    private readonly MemoryHarness _memory = new();

    public override HarnessSettings Settings => _memory.Settings;

    public override async ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        FaultySessionStore.Over(await _memory.CreateStoreAsync(request, cancellationToken), request.Clock);

    public override IReadOnlyCollection<string> LoggedLines() => _memory.LoggedLines();
}
