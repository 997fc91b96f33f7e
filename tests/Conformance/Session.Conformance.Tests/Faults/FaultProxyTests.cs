using System.Net.Sockets;
using System.Text;
using ServerSessions.Testing;

namespace ServerSessions.Conformance.Tests.Faults;

/// <summary>In front of a Redis server, whose protocol can be typed.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private RedisServer _redis = null!;
    private FaultProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _proxy = FaultProxy.Start(_redis.Process.Port, seed: 7);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task It_passes_both_ways()
    {
        using var client = await ConnectAsync();

        Assert.Equal("+PONG\r\n", await AskAsync(client, "PING\r\n"));
        Assert.Equal((1, 1), (_proxy.Accepted, _proxy.Open));
    }

    [Fact]
    public async Task It_refuses_new_connections_and_lets_open_ones_go_on()
    {
        using var open = await ConnectAsync();
        await AskAsync(open, "PING\r\n");

        _proxy.Refuse();
        var refused = await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal("+PONG\r\n", await AskAsync(open, "PING\r\n"));

        _proxy.Pass();
        using var again = await ConnectAsync();
        Assert.Equal("+PONG\r\n", await AskAsync(again, "PING\r\n"));
    }

    [Fact]
    public async Task It_swallows_the_reply_of_a_request_that_was_carried_out()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "PING\r\n");

        _proxy.SwallowReplies();
        await AssertNoReplyAsync(client, "SET key carried\r\n");
        Assert.Equal("carried", await _redis.CommandAsync("GET", "key"));

        // What has lost bytes does not recover; a new connection does.
        _proxy.Pass();
        await AssertNoReplyAsync(client, "PING\r\n");
        using var again = await ConnectAsync();
        Assert.Equal("+PONG\r\n", await AskAsync(again, "PING\r\n"));
    }

    [Fact]
    public async Task A_request_does_not_arrive_while_it_hangs()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "PING\r\n");

        _proxy.Hang();
        Assert.False(_proxy.Broken.IsCompleted);
        await AssertNoReplyAsync(client, "SET key lost\r\n");
        await _proxy.Broken;
        Assert.Equal("", await _redis.CommandAsync("GET", "key"));
    }

    [Fact]
    public async Task It_resets_in_the_middle_of_a_reply()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "PING\r\n");

        _proxy.ResetAfterReplies(3);
        await client.SendAsync(Encoding.ASCII.GetBytes("PING\r\n"));
        await AssertResetAsync(client);
    }

    [Fact]
    public async Task It_resets_in_the_middle_of_a_request()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "PING\r\n");

        _proxy.ResetAfterRequests(10);
        await client.SendAsync(Encoding.ASCII.GetBytes("SET key halved\r\n"));
        await AssertResetAsync(client);
        Assert.Equal("", await _redis.CommandAsync("GET", "key"));
    }

    [Fact]
    public async Task It_resets_what_is_open()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "PING\r\n");

        _proxy.ResetConnections();
        await AssertResetAsync(client);
    }

    [Fact]
    public async Task It_delays_both_ways()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "PING\r\n");

        _proxy.Delay(TimeSpan.FromMilliseconds(150), spread: TimeSpan.FromMilliseconds(10));
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Equal("+PONG\r\n", await AskAsync(client, "PING\r\n"));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(300));
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", _proxy.Port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<string> AskAsync(Socket client, string command)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(command));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[1024];
        return Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer, patience.Token));
    }

    private static async Task AssertNoReplyAsync(Socket client, string command)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(command));
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.ReceiveAsync(new byte[1], patience.Token));
    }

    private static async Task AssertResetAsync(Socket client)
    {
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            var buffer = new byte[1024];
            while (await client.ReceiveAsync(buffer) > 0)
            {
                // What came before the reset.
            }
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }
}
