using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class RegistrationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_store_is_one_singleton_under_both_types()
    {
        await using var provider = Build(builder => builder.AddMemoryStore());
        var store = provider.GetRequiredService<ISessionStore>();
        Assert.Same(provider.GetRequiredService<MemorySessionStore>(), store);
        Assert.Same(store, provider.GetRequiredService<ISessionStore>());
    }

    [Fact]
    public async Task Options_and_clock_come_from_the_container_and_the_container_stops_the_sweep()
    {
        var time = new FakeTimeProvider();
        MemorySessionStore store;
        await using (
            var provider = Build(builder => builder.AddMemoryStore(options => options.DefaultLifetime = TimeSpan.FromSeconds(7)), time)
        )
        {
            store = provider.GetRequiredService<MemorySessionStore>();
            await store.SetAsync("a", new SessionRecord("{}"u8, expires: null), Cancel);
            Assert.Equal(time.GetUtcNow() + TimeSpan.FromSeconds(7), (await store.GetAsync("a", Cancel))!.Expires);
        }

        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }

    [Fact]
    public void A_container_that_is_disposed_synchronously_disposes_the_store()
    {
        var provider = Build(builder => builder.AddMemoryStore());
        Assert.NotNull(provider.GetRequiredService<ISessionStore>());
        provider.Dispose();
    }

    [Fact]
    public async Task The_store_registered_last_wins_and_registering_twice_configures_one()
    {
        await using var provider = Build(builder =>
        {
            builder.Services.AddSingleton<ISessionStore>(static _ => throw new InvalidOperationException("The store registered first."));
            builder
                .AddMemoryStore(options => options.MaxSessions = 1)
                .AddMemoryStore(options => options.DefaultLifetime = TimeSpan.FromSeconds(7));
        });

        Assert.IsType<MemorySessionStore>(Assert.Single(provider.GetServices<ISessionStore>()));
        var options = provider.GetRequiredService<IOptions<MemorySessionStoreOptions>>().Value;
        Assert.Equal((1, TimeSpan.FromSeconds(7)), (options.MaxSessions, options.DefaultLifetime));
    }

    [Fact]
    public async Task Bad_options_fail_at_start_with_every_reason()
    {
        await using var provider = Build(builder =>
            builder.AddMemoryStore(static options =>
            {
                options.MaxSessions = 0;
                options.MaxBytes = 0;
                options.DefaultLifetime = TimeSpan.Zero;
                options.PruneInterval = TimeSpan.Zero;
            })
        );

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.Collection(
            error.Failures,
            static failure => Assert.Contains("MaxSessions is 0; it must be 1 or more", failure, StringComparison.Ordinal),
            static failure => Assert.Contains("MaxBytes is 0; it must be 1 or more", failure, StringComparison.Ordinal),
            static failure => Assert.Contains("DefaultLifetime is 00:00:00; it must be more than zero", failure, StringComparison.Ordinal),
            static failure =>
                Assert.Contains("PruneInterval is 00:00:00; it must be 1 millisecond to 1 day", failure, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Bad_options_fail_without_a_container_too()
    {
        Assert.Throws<OptionsValidationException>(static () => new MemorySessionStore(new MemorySessionStoreOptions { MaxSessions = -1 }));
        Assert.Throws<OptionsValidationException>(static () =>
            new MemorySessionStore(new MemorySessionStoreOptions { PruneInterval = TimeSpan.FromDays(2) })
        );
    }

    private static ServiceProvider Build(Action<IServerSessionBuilder> add, TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        if (time is not null)
        {
            services.AddSingleton(time);
        }

        add(new Builder(services));
        return services.BuildServiceProvider();
    }

    private sealed record Builder(IServiceCollection Services) : IServerSessionBuilder;
}
