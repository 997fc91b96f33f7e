using System.Net;
using System.Net.Sockets;

namespace ServerSessions.Testing;

/// <summary>Loopback ports that no one listens on.</summary>
internal static class FreePort
{
    // Below Linux's range for outgoing connections (32768 and up): no one's client takes the port of a server that a test has stopped.
    // A second port 10000 above the first stays below it as well.
    private const int First = 10_240;
    private const int Last = 22_000;

    public static int Find(int secondPortOffset)
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (IsFree(port) && (secondPortOffset == 0 || IsFree(port + secondPortOffset)))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
