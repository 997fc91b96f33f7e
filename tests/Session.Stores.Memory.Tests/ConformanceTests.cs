using Session.Conformance;
using Session.Conformance.Xunit;

namespace Session.Stores.Memory.Tests;

public sealed class ConformanceTests : SessionStoreConformance<MemoryHarness>;

public sealed class MemoryHarness : SessionStoreHarness
{
    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(new MemorySessionStore(
            new MemorySessionStoreOptions { DefaultLifetime = request.DefaultLifetime, SweepInterval = TimeSpan.FromDays(1) }, request.Clock));
}
