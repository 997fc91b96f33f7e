using System.Net;
using System.Net.Sockets;

namespace ServerSessions.Conformance;

/// <summary>
/// A TCP proxy on a free loopback port in front of a server. It passes bytes on until a test gives it a fault. A fault holds for every
/// connection, open or new, until the next one. A connection that has lost bytes stays broken, as it would on a network: it does not
/// recover with <see cref="Pass"/>; <see cref="Mend"/> ends it.
/// </summary>
/// <remarks>
/// All members are thread safe. Bytes pass unread, so the protocol does not matter; a client must not use another address that the server
/// tells it, as the members of a cluster do. After disposal, members that set a fault throw <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    // Below Linux's range for outgoing connections (32768 and up): no client takes the port while the proxy refuses.
    private const int FirstPort = 10_240;
    private const int LastPort = 22_000;

    private readonly string _host;
    private readonly int _port;
    private readonly int _seed;
    private readonly Lock _gate = new();
    private readonly Dictionary<ProxiedConnection, Task> _connections = [];
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private volatile ProxyFault _fault = ProxyFault.None;
    private int _accepted;
    private bool _disposed;

    private FaultProxy(string host, int port, int seed)
    {
        (_host, _port, _seed) = (host, port, seed);
        _listener = ListenOnFreePort();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Accept(_listener);
    }

    /// <summary>The port on 127.0.0.1 that clients connect to instead of the server's. It does not change.</summary>
    public int Port { get; }

    /// <summary>The address that clients connect to, as <c>127.0.0.1:PORT</c>.</summary>
    public string EndPoint => $"127.0.0.1:{Port}";

    /// <summary>The number of connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>A task that completes when a connection loses bytes for the first time.</summary>
    public Task Broken => _broken.Task;

    /// <summary>The number of connections that are open now.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>
    /// Starts a proxy that passes everything on. The server need not run yet: a connection to the proxy is reset if the server cannot be
    /// reached.
    /// </summary>
    /// <param name="port">The server's port, 1 to 65535.</param>
    /// <param name="host">The server's host name or IP address. Default: this machine.</param>
    /// <param name="seed">Decides what is random in a fault (the spread of latency). A test prints it.</param>
    /// <returns>The proxy, which listens.</returns>
    /// <exception cref="ArgumentException">The host is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of range.</exception>
    public static FaultProxy Start(int port, string host = "127.0.0.1", int seed = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        return new FaultProxy(host, port, seed);
    }

    /// <summary>Passes everything on at once.</summary>
    public void Pass() => Set(ProxyFault.None);

    /// <summary>
    /// Refuses new connections, as a host without a listener does. Open ones go on; <see cref="ResetConnections"/> ends them.
    /// </summary>
    public void Refuse()
    {
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    /// <summary>Makes the server unreachable, as if it had ended: refuses new connections and resets open ones.</summary>
    public void Cut()
    {
        Refuse();
        ResetConnections();
    }

    /// <summary>
    /// Delivers nothing in either direction, and tells no side. New connections are accepted, as the network stack of a frozen server
    /// does.
    /// </summary>
    public void Hang() => Set(new ProxyFault { DropsReplies = true, DropsRequests = true });

    /// <summary>Ends any fault: resets the connections that it left broken, and all others, and passes on what comes then.</summary>
    public void Mend()
    {
        ResetConnections();
        Pass();
    }

    /// <summary>Requests reach the server, which acts on them; no reply comes back from now on.</summary>
    public void SwallowReplies() => Set(new ProxyFault { DropsReplies = true });

    /// <summary>Each connection passes this many bytes of replies more, then both its sides are reset.</summary>
    /// <param name="bytes">The number of bytes, zero or more.</param>
    public void ResetAfterReplies(long bytes) => Set(new ProxyFault { ReplyBytes = bytes });

    /// <summary>
    /// Each connection passes this many bytes of requests more, then both its sides are reset: the server sees half a request.
    /// </summary>
    /// <param name="bytes">The number of bytes, zero or more.</param>
    public void ResetAfterRequests(long bytes) => Set(new ProxyFault { RequestBytes = bytes });

    /// <summary>Delays every piece of data in both directions, in real time.</summary>
    /// <param name="latency">The shortest delay.</param>
    /// <param name="spread">Up to this much more, by the seed. Default zero.</param>
    public void Delay(TimeSpan latency, TimeSpan spread = default) => Set(new ProxyFault { Latency = latency, Spread = spread });

    /// <summary>Resets every open connection on both sides.</summary>
    public void ResetConnections()
    {
        ProxiedConnection[] connections;
        lock (_gate)
        {
            connections = [.. _connections.Keys];
        }

        foreach (var connection in connections)
        {
            connection.Reset();
        }
    }

    /// <summary>Closes the port, and resets all connections on both sides. Idempotent.</summary>
    /// <returns>A task that completes once no socket of the proxy is left.</returns>
    public async ValueTask DisposeAsync()
    {
        Task ended;
        lock (_gate)
        {
            _disposed = true;
            Refuse();
            ended = Task.WhenAll([_accepting, .. _connections.Values]);
        }

        ResetConnections();
        await ended;
    }

    private static Socket ListenOnFreePort()
    {
        while (true)
        {
            try
            {
                return ListenOn(Random.Shared.Next(FirstPort, LastPort));
            }
            catch (SocketException exception)
                when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Another port is free.
            }
        }
    }

    private static Socket ListenOn(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Set(ProxyFault fault)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _fault = fault;
            if (_listener is null)
            {
                _listener = ListenOn(Port);
                Accept(_listener);
            }
        }
    }

    private void Accept(Socket listener) => _accepting = Task.WhenAll(_accepting, Task.Run(() => AcceptAsync(listener)));

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                // A client that was gone before it was accepted.
                continue;
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
            lock (_gate)
            {
                if (!ReferenceEquals(_listener, listener))
                {
                    // Refused while it was being accepted: nothing else would end it.
                    connection.Reset();
                    return;
                }

                _connections.Add(connection, RunAsync(connection));
            }
        }
    }

    private async Task RunAsync(ProxiedConnection connection)
    {
        // What follows runs on another thread, or later: the entry that it removes is added first, under the same lock.
        await Task.Yield();
        await connection.RunAsync(_host, _port);
        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }
}
