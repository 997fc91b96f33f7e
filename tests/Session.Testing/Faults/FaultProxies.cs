using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ServerSessions.Testing;

/// <summary>
/// A <see cref="FaultProxy"/> for each name, all in front of one server: what happens to one does not happen to the others.
/// </summary>
/// <param name="host">The server's host.</param>
/// <param name="port">The server's port.</param>
public sealed class FaultProxies(string host, int port) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<FaultProxy>> _proxies = new(StringComparer.Ordinal);
    private readonly IPEndPoint _target = new(Dns.GetHostAddresses(host, AddressFamily.InterNetwork)[0], port);

    /// <summary>The proxy of a name; started when it is first asked for.</summary>
    public FaultProxy this[string name] => _proxies.GetOrAdd(name, _ => new Lazy<FaultProxy>(() => FaultProxy.Start(_target))).Value;

    /// <summary>Makes the server unreachable, as one that has ended, or (where it <paramref name="hangs"/>) silent.</summary>
    public void Break(string name, bool hangs)
    {
        if (hangs)
        {
            this[name].BlackHole();
        }
        else
        {
            this[name].Refuse();
            this[name].ResetConnections();
        }
    }

    /// <summary>Lets everything pass again; connections that have lost bytes are ended, so that no one waits on them.</summary>
    public void Mend(string name)
    {
        this[name].ResetConnections();
        this[name].Pass();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies.Values)
        {
            await proxy.Value.DisposeAsync();
        }
    }
}
