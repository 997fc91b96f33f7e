using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Redis.Tests;

public sealed class RegistrationTests(SharedRedis server) : RegistrationTests<TestRedis, RedisSessionStore>(() => TestRedis.OnAsync(server))
{
    [Fact]
    public async Task A_connection_from_the_service_container_is_used_and_outlives_the_store()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var services = new ServiceCollection();
        services.AddSingleton<IConnectionMultiplexer>(redis.Raw);
        new ServerSessionBuilder(services).AddRedisStore().AddRedisStore(options => options.Prefix = redis.Prefix);
        await using var made = services.BuildServiceProvider();
        var store = made.GetRequiredService<RedisSessionStore>();
        await store.SetAsync("a", new SessionRecord(TestRedis.Payload("a"), null), Cancel);
        Assert.Equal("a", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        await store.DisposeAsync();
        Assert.True(await redis.Database.KeyExistsAsync(redis.Key("a")));
    }

    [Fact]
    public Task A_connection_that_nobody_has_registered_stops_the_start_with_what_to_register() =>
        AssertStartFailsAsync<InvalidOperationException>(
            builder => builder.AddRedisStore(),
            "Register one with services.AddSingleton<IConnectionMultiplexer>(…), or call AddRedisStore with a connection string."
        );

    [Fact]
    public async Task A_connection_that_the_application_has_disposed_stops_the_start_with_the_reason()
    {
        await using var own = await RedisServer.StartAsync();
        var connection = await ConnectionMultiplexer.ConnectAsync(own.EndPoint);
        await connection.DisposeAsync();

        var error = await AssertStartFailsAsync<SessionStoreException>(
            builder =>
            {
                builder.Services.AddSingleton<IConnectionMultiplexer>(connection);
                builder.AddRedisStore();
            },
            "the connection was disposed"
        );

        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task A_wrong_password_stops_the_start_with_the_reason()
    {
        await using var own = await RedisServer.StartAsync("--requirepass", "right");
        var error = await AssertStartFailsAsync<SessionStoreException>(
            builder =>
                builder.AddRedisStore($"redis://:very-wrong@{own.EndPoint}", options =>
                    options.OperationTimeout = TimeSpan.FromSeconds(30)
                ),
            "user or password were refused"
        );
        Assert.Contains(own.EndPoint, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-wrong", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_database_that_the_server_does_not_have_stops_the_start_with_its_number(bool mayReadConfiguration)
    {
        await using var own = await RedisServer.StartAsync("--databases", "16");
        if (!mayReadConfiguration)
        {
            await own.CommandAsync("ACL", "SETUSER", "default", "-config");
        }

        foreach (
            var add in new Action<IServerSessionBuilder>[]
            {
                builder =>
                    builder.AddRedisStore($"redis://{own.EndPoint}/16", options => options.OperationTimeout = TimeSpan.FromSeconds(30)),
                builder =>
                    builder.AddRedisStore($"{own.EndPoint},defaultDatabase=16", options =>
                        options.OperationTimeout = TimeSpan.FromSeconds(30)
                    ),
                builder =>
                    builder.AddRedisStore(own.EndPoint, options =>
                        (options.Database, options.OperationTimeout) = (16, TimeSpan.FromSeconds(30))
                    ),
            }
        )
        {
            var error = await AssertStartFailsAsync<SessionStoreException>(add, "the server has no database 16");
            Assert.False(error.IsTransient);
        }

        await using var last = new RedisSessionStore(
            new RedisSessionStoreOptions { ConnectionString = $"redis://{own.EndPoint}/15", OperationTimeout = TimeSpan.FromSeconds(30) }
        );
        await last.OpenAsync(Cancel);
    }

    [Fact]
    public async Task A_wrong_password_is_told_even_while_the_driver_tries_it_once_more()
    {
        // In about one of ten the driver has begun its next attempt by then, and has dropped the result of the first.
        await using var own = await RedisServer.StartAsync("--requirepass", "right");
        for (var i = 0; i < 40; i++)
        {
            await using var store = new RedisSessionStore(
                new RedisSessionStoreOptions
                {
                    ConnectionString = $"redis://:very-wrong@{own.EndPoint}",
                    OperationTimeout = TimeSpan.FromSeconds(30),
                }
            );
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
        Assert.Equal(1, logger.Count("OpenedLater"));
        Assert.Contains(logger.Messages, message => message.Contains(own.EndPoint, StringComparison.Ordinal));
        var store = host.Services.GetRequiredService<ISessionStore>();
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.GetAsync("a", Cancel));

        await own.Process.StartAgainAsync(Cancel);
        await logger.EventAsync("Connected");
        Assert.Null(await store.GetAsync("a", Cancel));
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public Task Wrong_options_stop_the_start_before_anything_is_connected() =>
        AssertStartFailsAsync<OptionsValidationException>(
            builder => builder.AddRedisStore("localhost:1", options => options.ScanCount = 0),
            "ScanCount must be from 1 to 100000"
        );

    [Fact]
    public async Task Both_a_connection_string_and_a_connection_are_refused()
    {
        await using var redis = await TestRedis.OnAsync(server);
        var error = Assert.Throws<OptionsValidationException>(() =>
            new RedisSessionStore(new RedisSessionStoreOptions { ConnectionString = "localhost", Multiplexer = redis.Raw })
        );
        Assert.Contains("Remove one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task Another_store_registered_later_wins_and_nothing_is_connected_for_this_one() =>
        StartWithAnotherStoreAsync(builder => builder.AddRedisStore("localhost:1"));

    protected override void AddStore(IServerSessionBuilder builder, TestRedis redis) =>
        builder.AddRedisStore(redis.ConnectionString, options => options.Prefix = redis.Prefix + "mine:");

    protected override Task<bool> OptionWasHeededAsync(TestRedis redis) => redis.Database.KeyExistsAsync(redis.Key("mine:a"));

    // Redis' own clock says what is alive.
    protected override bool ClockIsTheTests => false;
}
