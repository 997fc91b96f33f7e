using System.Runtime.CompilerServices;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class SweepTests : MemoryStoreTest
{
    [Fact]
    public void The_host_leaves_sweeping_to_the_store() => Assert.True(Store.PrunesItself);

    [Fact]
    public async Task Prune_removes_expired_sessions_in_batches_and_no_live_one()
    {
        for (var i = 0; i < 25; i++)
        {
            await Store.SetAsync($"expired{i}", Record("\"n\":1", TimeSpan.FromSeconds(1)), Cancel);
            await Store.SetAsync($"live{i}", Record("\"n\":1", TimeSpan.FromSeconds(2)), Cancel);
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, await Store.PruneAsync(10, Cancel));
        Assert.Equal(10, await Store.PruneAsync(10, Cancel));
        Assert.Equal(5, await Store.PruneAsync(10, Cancel));
        Assert.Equal(0, await Store.PruneAsync(10, Cancel));
        Assert.Equal(25, await Store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_session_that_was_touched_is_not_pruned()
    {
        await Store.SetAsync("a", Record("\"n\":1", TimeSpan.FromSeconds(1)), Cancel);
        await Store.TouchAsync("a", Record("\"n\":1", TimeSpan.FromSeconds(9)), Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await Store.PruneAsync(10, Cancel));
        Assert.NotNull(await Store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task The_timer_frees_expired_sessions_that_nobody_reads()
    {
        var payload = await SetExpiring(Store);
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(IsAlive(payload));

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(IsAlive(payload));
        Assert.Equal(0, await Store.PruneAsync(10, Cancel));
    }

    [Fact]
    public async Task The_sweep_comes_again_and_at_the_interval_of_the_options()
    {
        using var store = new MemorySessionStore(new MemorySessionStoreOptions { PruneInterval = TimeSpan.FromSeconds(5) }, Time);
        for (var round = 0; round < 3; round++)
        {
            await store.SetAsync("a", Record("\"n\":1", TimeSpan.FromSeconds(1)), Cancel);
            Time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(0, await store.PruneAsync(10, Cancel));
        }

        await store.SetAsync("a", Record("\"n\":1", TimeSpan.FromSeconds(1)), Cancel);
        Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposal_stops_the_timer_and_may_be_repeated(bool asynchronously)
    {
        await Store.SetAsync("a", Record("\"n\":1", TimeSpan.FromSeconds(1)), Cancel);
        for (var i = 0; i < 2; i++)
        {
            if (asynchronously)
            {
                await Store.DisposeAsync();
            }
            else
            {
                Store.Dispose();
            }
        }

        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await Store.PruneAsync(10, Cancel));
    }

    // Not inlined, so that no local of the test keeps the payload alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> SetExpiring(MemorySessionStore store)
    {
        var payload = new byte[1000];
        await store.SetAsync("a", SessionRecord.TakeOwnership(payload, Now + TimeSpan.FromSeconds(30)), Cancel);
        return new WeakReference(payload);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsAlive(WeakReference reference)
    {
        GC.Collect();
        return reference.IsAlive;
    }
}
