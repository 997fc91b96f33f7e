using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServerSessions.Benchmarks.EndToEnd.Load;

/// <summary>
/// One keep-alive connection that speaks the part of HTTP/1.1 that these servers use: a status, headers, Content-Length. Load and servers
/// share the machine, so the load should cost as little as it can: what it takes is missing from all contenders alike and hides their
/// differences.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _headerLength;

    private HttpConnection(Socket socket) => _socket = socket;

    public static async Task<HttpConnection> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return new HttpConnection(socket);
    }

    public static byte[] Request(string path, string cookie) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{(cookie.Length == 0 ? "" : $"Cookie: {cookie}\r\n")}\r\n");

    /// <summary>Sends a request and reads the whole response; gives the status.</summary>
    public async ValueTask<int> SendAsync(byte[] request)
    {
        await _socket.SendAsync(request);
        var have = 0;
        var whole = int.MaxValue;
        while (have < whole)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(have));
            if (read == 0)
            {
                throw new IOException("The server has closed the connection, or its response is larger than these servers send.");
            }

            have += read;
            if (whole == int.MaxValue && _buffer.AsSpan(0, have).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                _headerLength = end + 2;
                whole = end + 4 + ContentLength();
            }
        }

        return Utf8Parser.TryParse(_buffer.AsSpan("HTTP/1.1 ".Length, 3), out int status, out _) ? status : 0;
    }

    /// <summary>The first cookie that the last response has set, as name and value; none: <see langword="null"/>.</summary>
    public string? Cookie()
    {
        var at = Find("\r\nSet-Cookie: "u8);
        if (at < 0)
        {
            return null;
        }

        var value = _buffer.AsSpan(at, _headerLength - at);
        return Encoding.ASCII.GetString(value[..value.IndexOfAny(";\r"u8)]);
    }

    public void Dispose() => _socket.Dispose();

    private int ContentLength()
    {
        var at = Find("\r\nContent-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(_buffer.AsSpan(at, _headerLength - at), out int length, out _)
            ? length
            : throw new IOException("The response has no Content-Length.");
    }

    /// <summary>Where the value of a header begins; -1 if it is not there. All of these servers write names alike.</summary>
    private int Find(ReadOnlySpan<byte> name)
    {
        var at = _buffer.AsSpan(0, _headerLength).IndexOf(name);
        return at < 0 ? -1 : at + name.Length;
    }
}
