using System.Net;
using System.Net.Sockets;

namespace ServerSessions.Testing;

/// <summary>Loopback ports that no one listens on.</summary>
public static class FreePort
{
    // Below Linux's range for outgoing connections (32768 and up): no one's client takes the port of a server that a test has stopped.
    // A second port 10000 above the first stays below it as well.
    private const int First = 10_240;
    private const int Last = 22_000;

    /// <summary>Returns a port that is free now.</summary>
    /// <param name="secondPortOffset">A second port, this much above the first, that must be free too; 0: none.</param>
    public static int Find(int secondPortOffset = 0)
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
