using ServerSessions.Conformance;

namespace ServerSessions.Stores.Redis.Tests;

/// <summary>
/// The driver keeps the first failure since a connection was lost, and says nothing of those that follow. An operator is told of a refused
/// login all the same.
/// </summary>
public sealed class RefusedLoginTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_that_is_refused_after_the_server_was_away_is_told_on_a_connection_that_was_handed_in()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        await using var proxy = FaultProxy.Start(server.Process.Port);
        proxy.Refuse();
        var options = ConfigurationOptions.Parse($"{proxy.EndPoint},password=very-wrong,abortConnect=false,connectRetry=1");
        options.BacklogPolicy = BacklogPolicy.FailFast;
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
        await Assert.ThrowsAsync<RedisConnectionException>(async () => await multiplexer.GetDatabase().PingAsync());
        proxy.Pass();

        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions { Multiplexer = multiplexer, OperationTimeout = TimeSpan.FromSeconds(30) }
        );
        AssertRefused(
            await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel)),
            SessionStoreOperation.Open
        );
        AssertRefused(
            await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel)),
            SessionStoreOperation.Get
        );
        AssertRefused(
            await Assert.ThrowsAsync<SessionStoreException>(async () => await store.LengthAsync(Cancel)),
            SessionStoreOperation.Length
        );

        await server.CommandAsync("CONFIG", "SET", "requirepass", "very-wrong");
        await TestRedis.EventuallyAsync(() => Task.FromResult(multiplexer.IsConnected), "the driver connects again");
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_login_that_is_refused_after_the_server_was_away_is_told_on_a_connection_of_the_stores_own()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        await using var proxy = FaultProxy.Start(server.Process.Port);
        proxy.Refuse();
        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions
            {
                ConnectionString = $"{proxy.EndPoint},password=very-wrong",
                OperationTimeout = TimeSpan.FromSeconds(30),
            }
        );
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.OpenAsync(Cancel));
        proxy.Pass();

        SessionStoreException error = null!;
        await TestRedis.EventuallyAsync(
            async () =>
                (error = await Assert.ThrowsAnyAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel)))
                    is not SessionStoreUnavailableException,
            "the driver tries again and is refused"
        );
        AssertRefused(error, SessionStoreOperation.Get);
    }

    [Fact]
    public async Task A_server_that_is_away_is_not_taken_for_one_that_refuses_the_login()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        await using var proxy = FaultProxy.Start(server.Process.Port);
        var options = ConfigurationOptions.Parse($"{proxy.EndPoint},password=right,abortConnect=false");
        options.BacklogPolicy = BacklogPolicy.FailFast;
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
        await using var store = new RedisSessionStore(
            new RedisSessionStoreOptions { Multiplexer = multiplexer, OperationTimeout = TimeSpan.FromSeconds(30) }
        );
        await store.OpenAsync(Cancel);
        proxy.Refuse();
        proxy.ResetConnections();
        await TestRedis.EventuallyAsync(() => Task.FromResult(!multiplexer.IsConnected), "the connection is lost");

        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.OpenAsync(Cancel));
        Assert.Contains("there is no connection", error.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(SessionStoreException error, SessionStoreOperation operation)
    {
        Assert.Equal(("Redis", operation, false), (error.Backend, error.Operation, error.IsTransient));
        Assert.Contains("user or password were refused", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-wrong", error.ToString(), StringComparison.Ordinal);
    }
}
