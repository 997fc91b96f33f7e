using Microsoft.Extensions.Caching.Distributed;
using ServerSessions.Conformance;

namespace CustomStore.Tests;

/// <summary>A cache that fails or hangs on demand, like a cache behind a network.</summary>
internal sealed class TroubledCache(IDistributedCache inner) : IDistributedCache
{
    private volatile object? _fault;

    public StoreFault? Fault
    {
        get => (StoreFault?)_fault;
        set => _fault = value;
    }

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await TroubleAsync();
        return await inner.GetAsync(key, token);
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await TroubleAsync();
        await inner.SetAsync(key, value, options, token);
    }

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        await TroubleAsync();
        await inner.RemoveAsync(key, token);
    }

    public Task RefreshAsync(string key, CancellationToken token = default) =>
        throw new NotSupportedException("The store never slides an expiry.");

    public byte[]? Get(string key) => throw new NotSupportedException("The store is asynchronous.");

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) =>
        throw new NotSupportedException("The store is asynchronous.");

    public void Refresh(string key) => throw new NotSupportedException("The store is asynchronous.");

    public void Remove(string key) => throw new NotSupportedException("The store is asynchronous.");

    private Task TroubleAsync() =>
        Fault switch
        {
            // Many drivers take no token, so a call that hangs cannot be canceled.
            StoreFault.Hang => new TaskCompletionSource().Task,
            StoreFault.Unavailable => Task.FromException(new IOException("Connection refused.")),
            _ => Task.CompletedTask,
        };
}
