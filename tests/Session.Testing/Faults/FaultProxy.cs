using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ServerSessions.Testing;

/// <summary>
/// A TCP proxy on a free loopback port that passes bytes on to a server until a test gives it a fault. A fault holds for every connection,
/// open or new, until the next one. A connection that has lost bytes stays broken, as it would on a network: it does not recover with
/// <see cref="Pass"/>.
/// </summary>
/// <remarks>All members may be called from anywhere at any time.</remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly IPEndPoint _target;
    private readonly int _seed;
    private readonly Lock _listening = new();
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private Socket? _listener;
    private volatile Fault _fault = Fault.None;
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _accepted;

    private FaultProxy(IPEndPoint target, int seed)
    {
        _target = target;
        _seed = seed;
        Port = FreePort.Find(secondPortOffset: 0);
    }

    /// <summary>The loopback port that clients connect to instead of the server's.</summary>
    public int Port { get; }

    /// <summary>Host and port.</summary>
    public string EndPoint => $"127.0.0.1:{Port}";

    /// <summary>How many connections have been accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Completes when a connection loses bytes for the first time: no other signal tells when.</summary>
    public Task Broken => _broken.Task;

    /// <summary>How many connections are open.</summary>
    public int Open => _connections.Count;

    /// <summary>Starts a proxy that passes everything on.</summary>
    /// <param name="targetPort">The server's loopback port.</param>
    /// <param name="seed">Decides what is random in a fault (the spread of latency). A test prints it.</param>
    public static FaultProxy Start(int targetPort, int seed = 0) => Start(new IPEndPoint(IPAddress.Loopback, targetPort), seed);

    /// <summary>Starts a proxy that passes everything on.</summary>
    /// <param name="target">The server.</param>
    /// <param name="seed">Decides what is random in a fault (the spread of latency). A test prints it.</param>
    public static FaultProxy Start(IPEndPoint target, int seed = 0)
    {
        var proxy = new FaultProxy(target, seed);
        proxy.Listen();
        return proxy;
    }

    /// <summary>Passes everything on at once.</summary>
    public void Pass() => Set(Fault.None);

    /// <summary>
    /// Refuses new connections, as a host without a listener does. Open ones go on; <see cref="ResetConnections"/> ends them.
    /// </summary>
    public void Refuse()
    {
        lock (_listening)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    /// <summary>Requests reach the server, which acts on them; no reply comes back from now on.</summary>
    public void SwallowAnswers() => Set(new Fault { DropsAnswers = true });

    /// <summary>
    /// Nothing gets through in either direction, and no one is told. New connections are accepted: TCP's own handshake is the kernel's.
    /// </summary>
    public void BlackHole() => Set(new Fault { DropsAnswers = true, DropsRequests = true });

    /// <summary>Each connection passes this many bytes of replies more, then both its sides are reset.</summary>
    public void ResetAfterAnswers(long bytes) => Set(new Fault { AnswerBytes = bytes });

    /// <summary>
    /// Each connection passes this many bytes of requests more, then both its sides are reset: the server sees half a request.
    /// </summary>
    public void ResetAfterRequests(long bytes) => Set(new Fault { RequestBytes = bytes });

    /// <summary>Every piece of data waits before it is passed on, in both directions.</summary>
    /// <param name="latency">The least wait.</param>
    /// <param name="spread">Up to this much more, by the seed.</param>
    public void Delay(TimeSpan latency, TimeSpan spread = default) => Set(new Fault { Latency = latency, Spread = spread });

    /// <summary>Resets every open connection on both sides.</summary>
    public void ResetConnections()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Reset();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Refuse();
        ResetConnections();
        await Task.WhenAll(_connections.Values);
    }

    private void Set(Fault fault)
    {
        _fault = fault;
        Listen();
    }

    private void Listen()
    {
        lock (_listening)
        {
            if (_listener is null)
            {
                _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
                _listener.Listen();
                _ = AcceptAsync(_listener);
            }
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The listener is closed, by Refuse or at the end.
                return;
            }

            var number = Interlocked.Increment(ref _accepted);
            var connection = new ProxiedConnection(
                client,
                () => _fault,
                new Random(unchecked(_seed + number)),
                () => _broken.TrySetResult()
            );
            _connections[connection] = RunAsync(connection);
        }
    }

    private async Task RunAsync(ProxiedConnection connection)
    {
        // The entry must exist before it can be removed.
        await Task.Yield();
        await connection.RunAsync(_target);
        _connections.TryRemove(connection, out _);
    }
}
