using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using ServerSessions;
using ServerSessions.Conformance;

namespace CustomStore.Tests;

/// <summary>One cache for all spaces, with a prefix for each. Sessions outlive the stores, and two stores can share them.</summary>
public sealed class DistributedCacheStoreHarness : SessionStoreHarness
{
    private readonly TroubledCache _cache = new(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));

    public override string Backend => "MemoryDistributedCache";

    public override IReadOnlyList<StoreFault> Faults => [StoreFault.Unavailable, StoreFault.Hang];

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(StoreFor(request));

    public override ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(StoreFor(request));

    public override ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(StoreFor(request));

    public override async ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        await _cache.SetAsync(StoreFor(request).KeyOf(sid), "not a session"u8.ToArray(), cancellationToken);
        return true;
    }

    public override async ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        await _cache.RemoveAsync(StoreFor(request).KeyOf(sid), cancellationToken);
        return true;
    }

    public override ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        _cache.Fault = fault;
        return ValueTask.CompletedTask;
    }

    public override ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        _cache.Fault = null;
        return ValueTask.CompletedTask;
    }

    private DistributedCacheStore StoreFor(StoreRequest request) =>
        new(_cache, request.Clock) { Prefix = request.Space + ":", DefaultLifetime = request.DefaultLifetime };
}
