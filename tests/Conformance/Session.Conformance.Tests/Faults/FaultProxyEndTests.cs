using System.Net;
using System.Net.Sockets;

namespace ServerSessions.Conformance.Tests.Faults;

/// <summary>How connections through the proxy end, seen from both sides.</summary>
public sealed class FaultProxyEndTests : IAsyncDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly FaultProxy _proxy;

    public FaultProxyEndTests()
    {
        _server.Start();
        _proxy = FaultProxy.Start(((IPEndPoint)_server.LocalEndpoint).Port, "localhost");
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task A_cut_resets_both_sides_and_refuses_until_it_is_mended()
    {
        var (client, server) = await ConnectAsync();

        _proxy.Cut();
        await AssertResetAsync(client);
        await AssertResetAsync(server);
        await AssertRefusedAsync();

        _proxy.Mend();
        await ConnectAsync();
        Assert.Equal(2, _proxy.Accepted);
    }

    [Fact]
    public async Task Mending_ends_the_connections_that_hung()
    {
        var (client, server) = await ConnectAsync();
        _proxy.Hang();
        await client.SendAsync(new byte[] { 1 });
        await _proxy.Broken;

        _proxy.Mend();
        await AssertResetAsync(client);
        await AssertResetAsync(server);
        await ConnectAsync();
    }

    [Fact]
    public async Task A_new_connection_is_accepted_while_it_hangs_and_not_even_a_greeting_comes()
    {
        _proxy.Hang();
        using var client = await DialAsync();
        using var server = await _server.AcceptSocketAsync(TestContext.Current.CancellationToken);

        await server.SendAsync("hello"u8.ToArray());
        await _proxy.Broken;
        Assert.Equal(0, client.Available);
    }

    [Fact]
    public async Task A_side_that_is_reset_resets_the_other()
    {
        var (client, server) = await ConnectAsync();
        Reset(client);
        await AssertResetAsync(server);

        (client, server) = await ConnectAsync();
        Reset(server);
        await AssertResetAsync(client);
    }

    [Fact]
    public async Task A_side_that_has_sent_all_still_gets_what_the_other_sends()
    {
        var (client, server) = await ConnectAsync();
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await ReceiveAsync(server));

        await server.SendAsync(new byte[] { 1 });
        Assert.Equal(1, await ReceiveAsync(client));
    }

    [Fact]
    public async Task A_client_is_reset_if_the_server_is_not_there()
    {
        _server.Stop();

        // The reset may come before the client has noticed that it is connected.
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await DialAsync();
            await ReceiveAsync(client);
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task Disposal_leaves_no_connection_and_no_port_and_can_be_repeated()
    {
        var (client, server) = await ConnectAsync();
        _proxy.Hang();
        var (second, _) = await ConnectAsync(speaks: false);

        await _proxy.DisposeAsync();
        await _proxy.DisposeAsync();

        Assert.Equal(0, _proxy.Open);
        await AssertResetAsync(client);
        await AssertResetAsync(second);
        await AssertResetAsync(server);
        await AssertRefusedAsync();
        Assert.Throws<ObjectDisposedException>(_proxy.Pass);
        await AssertRefusedAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_536)]
    public void A_port_that_is_none_is_refused(int port) => Assert.Throws<ArgumentOutOfRangeException>(() => FaultProxy.Start(port));

    private async Task<(Socket Client, Socket Server)> ConnectAsync(bool speaks = true)
    {
        var client = await DialAsync();
        var server = await _server.AcceptSocketAsync(TestContext.Current.CancellationToken);
        if (speaks)
        {
            await client.SendAsync(new byte[] { 1 });
            Assert.Equal(1, await ReceiveAsync(server));
        }

        return (client, server);
    }

    private async Task<Socket> DialAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, _proxy.Port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AssertRefusedAsync()
    {
        var refused = await Assert.ThrowsAsync<SocketException>(DialAsync);
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static async Task AssertResetAsync(Socket socket)
    {
        var error = await Assert.ThrowsAsync<SocketException>(async () => await ReceiveAsync(socket));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    private static async Task<int> ReceiveAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return await socket.ReceiveAsync(new byte[16], patience.Token);
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }
}
