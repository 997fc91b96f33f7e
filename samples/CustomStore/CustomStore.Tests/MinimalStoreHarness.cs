using ServerSessions;
using ServerSessions.Conformance;

namespace CustomStore.Tests;

public sealed class MinimalStoreHarness : SessionStoreHarness
{
    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(new MinimalStore(request.Clock) { DefaultLifetime = request.DefaultLifetime });
}
