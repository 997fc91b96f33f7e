namespace ServerSessions.Testing.Tests;

public sealed class RedisServerTests(SharedRedis shared)
{
    [Fact]
    public async Task It_starts_with_the_arguments_and_answers_to_its_password_alone()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "a password", "--maxmemory", "8mb");

        Assert.Equal("maxmemory\n8388608", await server.CommandAsync("CONFIG", "GET", "maxmemory"));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            RedisServer.CommandAsync(server.Process.Port, password: null, ["PING"], TestContext.Current.CancellationToken)
        );
        Assert.Contains("NOAUTH", refused.Message, StringComparison.Ordinal);
        Assert.Equal($"redis://:a%20password@127.0.0.1:{server.Process.Port}", server.Url);
    }

    [Fact]
    public async Task Every_place_in_the_shared_server_is_another()
    {
        await using var first = await shared.NewPlaceAsync();
        await using var second = await shared.NewPlaceAsync();

        Assert.NotEqual((first.Url, first.KeyPrefix), (second.Url, second.KeyPrefix));
    }

    [Fact]
    public async Task A_stop_keeps_the_data_and_a_kill_loses_it()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("SET", "key", "välue");
        var port = server.Process.Port;

        await server.Process.StopAsync();
        Assert.False(server.Process.IsRunning);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => server.CommandAsync("PING"));
        await server.Process.StartAgainAsync();
        Assert.Equal("välue", await server.CommandAsync("GET", "key"));

        await server.CommandAsync("SET", "key", "newer");
        await server.Process.KillAsync();
        await server.Process.StartAgainAsync();
        Assert.Equal("välue", await server.CommandAsync("GET", "key"));
        Assert.Equal(port, server.Process.Port);
    }

    [Fact]
    public async Task A_frozen_server_answers_when_it_is_thawed()
    {
        await using var server = await RedisServer.StartAsync();

        server.Process.Freeze();
        var answer = server.CommandAsync("PING");
        await Task.Delay(200);
        Assert.False(answer.IsCompleted);

        server.Process.Thaw();
        Assert.Equal("PONG", await answer);
    }

    [Fact]
    public async Task A_program_that_refuses_its_arguments_is_an_error_with_its_words()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RedisServer.StartAsync("--no-such-setting", "1"));

        Assert.Contains("no-such-setting", error.Message, StringComparison.Ordinal);
    }
}
