using System.Net;
using System.Net.Sockets;

namespace ServerSessions.Testing.MongoServer.Wire;

/// <summary>A port that is listened on, from when it was opened to when it is closed.</summary>
internal sealed class Listening : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;

    public Listening(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public bool IsStopped { get; private set; }

    /// <param name="serve">Gets each socket and a token that is cancelled when this stops.</param>
    public void Accept(Action<Socket, CancellationToken> serve) => _accepting = AcceptAsync(serve);

    public async ValueTask DisposeAsync()
    {
        if (!IsStopped)
        {
            IsStopped = true;
            await _stopping.CancelAsync();
            _listener.Dispose();
            await _accepting;
            _stopping.Dispose();
        }
    }

    private async Task AcceptAsync(Action<Socket, CancellationToken> serve)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                socket.NoDelay = true;
                serve(socket, _stopping.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
