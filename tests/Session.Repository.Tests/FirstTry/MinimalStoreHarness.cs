using ServerSessions;
using ServerSessions.Conformance;

namespace CustomStore.FirstTry;

public sealed class MinimalStoreHarness : SessionStoreHarness
{
    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(new MinimalStore());
}
