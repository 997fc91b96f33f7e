using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Session.Stores.Redis.Tests;

public sealed class RegistrationTests(SharedRedis server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_line_registers_a_store_that_the_container_disposes()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(redis.Clock);
        new Builder(services).AddRedisStore(redis.ConnectionString, options => options.Prefix = redis.Prefix + "mine:");
        ISessionStore store;
        await using (var provider = services.BuildServiceProvider())
        {
            store = provider.GetRequiredService<ISessionStore>();
            Assert.Same(provider.GetRequiredService<RedisSessionStore>(), store);
            await store.SetAsync("a", redis.Record(), Cancel);
            Assert.True(await redis.Database.KeyExistsAsync(redis.Key("mine:a")));
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_connection_from_the_service_container_is_used_and_outlives_the_store()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var services = new ServiceCollection();
        services.AddSingleton<IConnectionMultiplexer>(redis.Raw);
        new Builder(services).AddRedisStore((options, provider) =>
            (options.Multiplexer, options.Prefix) = (provider.GetRequiredService<IConnectionMultiplexer>(), redis.Prefix));
        await using var made = services.BuildServiceProvider();
        var store = made.GetRequiredService<RedisSessionStore>();
        await store.SetAsync("a", new SessionRecord(TestRedis.Payload("a"), null), Cancel);
        Assert.Equal("a", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        await store.DisposeAsync();
        Assert.True(await redis.Database.KeyExistsAsync(redis.Key("a")));
    }

    [Fact]
    public async Task A_wrong_password_stops_the_start_with_the_reason()
    {
        await using var own = await RedisServer.StartAsync("--requirepass", "right");
        using var host = Build(builder => builder.AddRedisStore($"redis://:very-wrong@{own.EndPoint}", options => options.OperationTimeout = TimeSpan.FromSeconds(30)));
        var error = await Assert.ThrowsAsync<SessionStoreException>(() => host.StartAsync(Cancel));
        Assert.Contains("user or password were refused", error.Message, StringComparison.Ordinal);
        Assert.Contains(own.EndPoint, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-wrong", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_told_even_while_the_driver_tries_it_once_more()
    {
        // In about one of ten the driver is at its next attempt by then, and has forgotten the answer to the first.
        await using var own = await RedisServer.StartAsync("--requirepass", "right");
        for (var i = 0; i < 40; i++)
        {
            await using var store = new RedisSessionStore(new RedisSessionStoreOptions
            {
                ConnectionString = $"redis://:very-wrong@{own.EndPoint}", OperationTimeout = TimeSpan.FromSeconds(30),
            });
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
            Assert.Contains("user or password were refused", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_is_away_does_not_stop_the_start_and_is_used_once_it_is_there()
    {
        await using var own = await RedisServer.StartAsync();
        await own.Process.StopAsync();
        var logger = new SignallingLogger();
        using var host = Build(builder =>
        {
            builder.Services.AddSingleton<ILogger<RedisSessionStore>>(logger);
            builder.AddRedisStore(own.ConnectionString);
        });
        await host.StartAsync(Cancel);
        Assert.Equal(1, logger.Count("NotReachableAtStart"));
        Assert.Contains(logger.Messages, message => message.Contains(own.EndPoint, StringComparison.Ordinal));
        var store = host.Services.GetRequiredService<ISessionStore>();
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.GetAsync("a", Cancel));

        await own.Process.StartAgainAsync(Cancel);
        await logger.EventAsync("Connected");
        Assert.Null(await store.GetAsync("a", Cancel));
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task Wrong_options_stop_the_start_before_anything_is_connected()
    {
        using var host = Build(builder => builder.AddRedisStore("localhost:1", options => options.ScanCount = 0));
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));
        Assert.Contains("ScanCount must be from 1 to 100000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_a_connection_string_and_a_connection_are_refused()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var error = Assert.Throws<OptionsValidationException>(() => new RedisSessionStore(
            new RedisSessionStoreOptions { ConnectionString = "localhost", Multiplexer = redis.Raw }));
        Assert.Contains("Remove one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_store_registered_later_wins_and_nothing_is_connected_for_this_one()
    {
        using var host = Build(builder =>
        {
            builder.AddRedisStore("localhost:1");
            builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore>(_ => new Nothing()));
        });
        await host.StartAsync(Cancel);
        await host.StopAsync(Cancel);
    }

    private static IHost Build(Action<IServerSessionBuilder> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        add(new Builder(builder.Services));
        return builder.Build();
    }

    private sealed class Builder(IServiceCollection services) : IServerSessionBuilder
    {
        public IServiceCollection Services => services;
    }

    private sealed class Nothing : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken) => default;

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken) => default;

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken) => default;
    }
}
