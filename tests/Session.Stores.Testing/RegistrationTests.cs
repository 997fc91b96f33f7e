using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ServerSessions.Stores.Testing;

public abstract class RegistrationTests<TPlace, TStore>(Func<Task<TPlace>> newPlace) : StoreTests<TPlace, TStore>(newPlace)
    where TPlace : StorePlace<TStore>
    where TStore : class, ITouchableSessionStore, IConditionalSessionStore, IEnumerableSessionStore, IDisposable, IAsyncDisposable
{
    [Fact]
    public async Task One_line_registers_a_store_that_the_container_disposes()
    {
        await using var place = await NewPlaceAsync();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(place.Clock);
        AddStore(new ServerSessionBuilder(services), place);
        ISessionStore store;
        await using (var provider = services.BuildServiceProvider())
        {
            store = provider.GetRequiredService<ISessionStore>();
            Assert.Same(provider.GetRequiredService<TStore>(), store);
            await store.SetAsync("a", place.Record(), Cancel);
            Assert.True(await OptionWasHeededAsync(place));
            if (ClockIsTheTests)
            {
                place.Clock.Advance(TimeSpan.FromMinutes(10));
                Assert.Null(await store.GetAsync("a", Cancel));
            }
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a", Cancel));
    }

    /// <summary>The line, with an option that says where in its place the store keeps sessions.</summary>
    protected abstract void AddStore(IServerSessionBuilder builder, TPlace place);

    /// <summary>Whether session a is where that option said.</summary>
    protected abstract Task<bool> OptionWasHeededAsync(TPlace place);

    protected virtual bool ClockIsTheTests => true;

    protected static IHost Build(Action<IServerSessionBuilder> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        add(new ServerSessionBuilder(builder.Services));
        return builder.Build();
    }

    protected static async Task<TError> AssertStartFailsAsync<TError>(Action<IServerSessionBuilder> add, string reason)
        where TError : Exception
    {
        using var host = Build(add);
        var error = await Assert.ThrowsAsync<TError>(() => host.StartAsync(Cancel));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        return error;
    }

    /// <summary>Starts a host in which another store was registered after the one that is tested.</summary>
    protected static async Task StartWithAnotherStoreAsync(Action<IServerSessionBuilder> add)
    {
        using var host = Build(builder =>
        {
            add(builder);
            builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore>(new OtherStore()));
        });
        await host.StartAsync(Cancel);
        Assert.IsType<OtherStore>(host.Services.GetRequiredService<ISessionStore>());
        await host.StopAsync(Cancel);
    }

    private sealed class OtherStore : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken) => default;

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken) => default;

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken) => default;
    }
}
