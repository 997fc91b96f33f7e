using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class DisposalTests : MemoryStoreTest
{
    [Fact]
    public async Task A_container_that_is_disposed_synchronously_disposes_the_store_and_either_way_of_disposing_may_follow()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<ISessionStore>(static provider => new MemorySessionStore(
            new MemorySessionStoreOptions(),
            provider.GetRequiredService<TimeProvider>()
        ));
        MemorySessionStore store;
        using (var provider = services.BuildServiceProvider())
        {
            store = (MemorySessionStore)provider.GetRequiredService<ISessionStore>();
            await store.SetAsync("a", Record("\"n\":1"), Cancel);
        }

        store.Dispose();
        await store.DisposeAsync();
        store.Dispose();
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }
}
