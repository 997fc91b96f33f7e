using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ServerSessions.Benchmarks.EndToEnd.Delayed;

/// <summary>
/// A TCP proxy on a free loopback port that stands for a network: what the server sends comes a fixed time later, so that this is what each
/// round trip takes longer. Requests pass at once; pieces that follow each other do not wait for each other.
/// </summary>
internal sealed class DelayProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly TimeSpan _delay;
    private readonly Task _accepting;
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _connections = [];

    private DelayProxy(int targetPort, TimeSpan delay)
    {
        (_target, _delay) = (new IPEndPoint(IPAddress.Loopback, targetPort), delay);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to in place of the server's.</summary>
    public int Port { get; }

    public static DelayProxy Start(int targetPort, TimeSpan delay) => new(targetPort, delay);

    /// <summary>
    /// The median of what a round trip by way of a proxy takes longer than one without it, measured with a server that sends back what it
    /// gets.
    /// </summary>
    public static async Task<TimeSpan> MeasureAsync(TimeSpan delay)
    {
        using var echo = new TcpListener(IPAddress.Loopback, 0);
        echo.Start();
        var port = ((IPEndPoint)echo.LocalEndpoint).Port;
        await using var proxy = Start(port, delay);
        return await RoundTripAsync(echo, proxy.Port) - await RoundTripAsync(echo, port);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        _sockets.ForEach(static socket => socket.Dispose());
        await Task.WhenAll(_connections);
    }

    private static async Task<TimeSpan> RoundTripAsync(TcpListener echo, int port)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        using var server = await echo.AcceptSocketAsync();
        server.NoDelay = true;
        var (message, back) = (new byte[1], new byte[1]);
        var took = new double[500];
        for (var i = 0; i < took.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await client.Client.SendAsync(message);
            await server.SendAsync(back.AsMemory(0, await server.ReceiveAsync(back)));
            await client.Client.ReceiveAsync(message);
            took[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return TimeSpan.FromMilliseconds(Figures.Median(took));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _sockets.AddRange([client, server]);
                client.NoDelay = server.NoDelay = true;
                _connections.Add(PassAsync(client, server));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task PassAsync(Socket client, Socket server)
    {
        try
        {
            await server.ConnectAsync(_target);
            await Task.WhenAll(PassAtOnceAsync(client, server), new DelayLine(server, client, _delay).RunAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One side has gone: so does the other.
        }
        finally
        {
            client.Dispose();
            server.Dispose();
        }
    }

    private static async Task PassAtOnceAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer) is > 0 and var count)
        {
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
