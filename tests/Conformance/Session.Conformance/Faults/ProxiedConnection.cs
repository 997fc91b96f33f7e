using System.Net.Sockets;

namespace ServerSessions.Conformance;

/// <summary>One client's connection through a <see cref="FaultProxy"/>.</summary>
/// <param name="client">The client's side.</param>
/// <param name="current">The fault at present.</param>
/// <param name="random">Decides what is random in a fault.</param>
/// <param name="broken">Told when bytes are lost.</param>
internal sealed class ProxiedConnection(Socket client, Func<ProxyFault> current, Random random, Action broken) : IDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public async Task RunAsync(string host, int port)
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(host, port);
            await Task.WhenAll(
                PumpAsync(client, _server, static fault => fault.DropsRequests, static fault => fault.RequestBytes),
                PumpAsync(_server, client, static fault => fault.DropsReplies, static fault => fault.ReplyBytes)
            );
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The server cannot be reached; the client is told by a reset.
            Reset();
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    /// <summary>Ends both sides with RST.</summary>
    public void Reset()
    {
        foreach (var socket in (Socket[])[client, _server])
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }
        }

        Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, Func<ProxyFault, bool> drops, Func<ProxyFault, long?> limit)
    {
        try
        {
            await PassOnAsync(from, to, drops, limit);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One side has gone. The other one is told the same way; without it, the other direction would wait for ever.
            Reset();
        }
    }

    private async Task PassOnAsync(Socket from, Socket to, Func<ProxyFault, bool> drops, Func<ProxyFault, long?> limit)
    {
        var buffer = new byte[BufferSize];
        var hasLost = false;
        var counted = ProxyFault.None;
        var passed = 0L;
        while (await from.ReceiveAsync(buffer) is > 0 and var count)
        {
            var fault = current();
            hasLost |= drops(fault);
            if (hasLost)
            {
                broken();
                continue;
            }

            await WaitAsync(fault);
            if (!ReferenceEquals(fault, counted))
            {
                (counted, passed) = (fault, 0);
            }

            var left = limit(fault) - passed;
            if (count > left)
            {
                await SendAsync(to, buffer.AsMemory(0, (int)left));
                Reset();
                return;
            }

            await SendAsync(to, buffer.AsMemory(0, count));
            passed += count;
        }

        // After a loss even the end of the stream is lost.
        if (!hasLost)
        {
            to.Shutdown(SocketShutdown.Send);
        }
    }

    private async Task WaitAsync(ProxyFault fault)
    {
        if (fault.Latency + fault.Spread > TimeSpan.Zero)
        {
            double share;
            lock (random)
            {
                share = random.NextDouble();
            }

            await Task.Delay(fault.Latency + (share * fault.Spread));
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes)..];
        }
    }
}
