using System.Net.Sockets;
using System.Text;

namespace Session.Trust.Tests.Support;

/// <summary>Requests written byte for byte, which no client library mends on the way.</summary>
internal static class RawHttp
{
    /// <summary>Sends a request with these header lines on a connection of its own, and gives all that comes back; nothing where the server hangs up.</summary>
    public static async Task<string> SendAsync(Uri address, string path, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        var lines = new[] { $"GET {path} HTTP/1.1", $"Host: {address.Authority}", "Connection: close" }.Concat(headers);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"));
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // The server had answered and closed before it had read everything.
            return "";
        }
    }

    public static int StatusOf(string answer) => answer.Length < 12 ? 0 : int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
}
