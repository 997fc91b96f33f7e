using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.Testing;

/// <param name="rounds">How often calls are caught under way: as often as a few seconds allow where the store lies.</param>
public abstract class DisposalTests<TPlace, TStore>(Func<Task<TPlace>> newPlace, int rounds) : StoreTests<TPlace, TStore>(newPlace)
    where TPlace : StorePlace<TStore>
    where TStore : class, ITouchableSessionStore, IConditionalSessionStore, IEnumerableSessionStore, IDisposable, IAsyncDisposable
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disposed_store_refuses_every_call_and_may_be_disposed_again(bool used)
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        if (used)
        {
            await store.GetAsync("a", Cancel);
        }

        await Task.WhenAll(store.DisposeAsync().AsTask(), store.DisposeAsync().AsTask());
        await store.DisposeAsync();
        var record = place.Record();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await place.OpenAsync(store, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a", Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.SetAsync("a", record, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.DestroyAsync("a", Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.TouchAsync("a", record, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.TrySetAsync("a", record, null, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.LengthAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ClearAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.AllAsync(Cancel).ToListAsync(Cancel));
        if (store is IPrunableSessionStore prunable)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await prunable.PruneAsync(1, Cancel));
        }
    }

    [Fact]
    public async Task A_container_that_is_disposed_synchronously_disposes_the_store_and_either_way_of_disposing_may_follow()
    {
        await using var place = await NewPlaceAsync();
        var services = new ServiceCollection();
        services.AddSingleton(_ => place.NewStore());
        services.AddSingleton<ISessionStore>(static provider => provider.GetRequiredService<TStore>());
        TStore store;
        Task[] writes;
        using (var provider = services.BuildServiceProvider())
        {
            store = (TStore)provider.GetRequiredService<ISessionStore>();
            await store.SetAsync("a", place.Record(), Cancel);
            writes = [.. Enumerable.Range(0, 20).Select(i => store.SetAsync($"{i}", place.Record(), Cancel).AsTask())];
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a", Cancel));
        store.Dispose();
        await store.DisposeAsync();
        store.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.SetAsync("a", place.Record(), Cancel));
        foreach (var write in writes)
        {
            // Each has an end: it is stored, or says why not.
            await ((Task)write.WaitAsync(TimeSpan.FromSeconds(60), Cancel)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.True(write.IsCompletedSuccessfully || write.Exception!.InnerException is ObjectDisposedException, $"{write.Exception}");
        }
    }

    [Fact]
    public async Task Calls_under_way_when_the_store_is_disposed_end_well_or_say_so()
    {
        for (var round = 0; round < rounds; round++)
        {
            await using var place = await NewPlaceAsync();
            var store = place.NewStore();
            await store.SetAsync("a", place.Record(), Cancel);
            var calls = Enumerable
                .Range(0, 32)
                .Select(i =>
                    Task.Run(
                        async () =>
                        {
                            for (var n = 0; ; n++)
                            {
                                await store.GetAsync("a", Cancel);
                                await store.SetAsync($"{i}-{n}", place.Record(), Cancel);
                            }
                        },
                        Cancel
                    )
                )
                .ToList();
            await LetThemRunAsync(round);
            await store.DisposeAsync();
            foreach (var call in calls)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => call);
            }
        }
    }

    /// <summary>How far calls are under way when their store is disposed.</summary>
    protected virtual async Task LetThemRunAsync(int round) => await Task.Yield();
}
