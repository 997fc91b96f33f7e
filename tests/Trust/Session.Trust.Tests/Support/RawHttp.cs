using System.Net.Sockets;
using System.Text;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>Requests written byte for byte, which no client library mends on the way.</summary>
internal static class RawHttp
{
    /// <summary>The header of who wants one response on a connection.</summary>
    public const string Close = "Connection: close";

    /// <summary>
    /// Sends a request with these header lines on a connection of its own, and gives all that comes back; nothing where the server hangs
    /// up.
    /// </summary>
    public static async Task<string> SendAsync(Uri address, string path, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            await stream.WriteAsync(Request(address, path, [.. headers, Close]));
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // The server had responded and closed before it had read everything.
            return "";
        }
    }

    /// <summary>
    /// Sends a request on a connection of its own, does with what comes back as it is told, and resets the connection: what was not read is
    /// lost.
    /// </summary>
    public static async Task SendAndResetAsync(Uri address, string path, Func<Stream, Task> read, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Request(address, path, headers));
        await read(stream);

        // Closed with no time to linger a socket sends no FIN but RST.
        client.Client.LingerState = new LingerOption(true, 0);
    }

    public static int StatusOf(string answer) =>
        answer.Length < 12 ? 0 : int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Request(Uri address, string path, IEnumerable<string> headers) =>
        Encoding.Latin1.GetBytes(string.Join("\r\n", [$"GET {path} HTTP/1.1", $"Host: {address.Authority}", .. headers]) + "\r\n\r\n");
}
