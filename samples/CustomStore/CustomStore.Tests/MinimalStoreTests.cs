using Session;
using Session.Conformance;
using Session.Conformance.Xunit;

namespace CustomStore.Tests;

public sealed class MinimalStoreTests : SessionStoreConformance<MinimalStoreHarness>;

public sealed class MinimalStoreHarness : SessionStoreHarness
{
    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(new MinimalStore(request.Clock) { DefaultLifetime = request.DefaultLifetime });
}
