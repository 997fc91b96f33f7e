using System.Globalization;
using Npgsql;

namespace ServerSessions.Benchmarks.EndToEnd.Delayed;

/// <summary>Gives the way to a server over a delay; owners of places on one server share it.</summary>
internal sealed class Network(TimeSpan delay) : IAsyncDisposable
{
    private readonly Dictionary<int, DelayProxy> _proxies = [];

    /// <summary>Whether a server is behind this backend.</summary>
    public static bool Reaches(Backend backend) => backend is Backend.Redis or Backend.Valkey or Backend.Postgres or Backend.Mongo;

    /// <summary>The same place, reached late.</summary>
    public string Far(Backend backend, string place)
    {
        switch (backend)
        {
            case Backend.Redis or Backend.Valkey:
                var at = place.LastIndexOf(':') + 1;
                return place[..at] + Far(int.Parse(place[at..], CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture);
            case Backend.Postgres:
                var parts = new NpgsqlConnectionStringBuilder(place);
                parts.Port = Far(parts.Port);
                return parts.ConnectionString;
            case Backend.Mongo:
                var uri = new UriBuilder(place);
                uri.Port = Far(uri.Port);
                return uri.ToString();
            default:
                throw new ArgumentOutOfRangeException(nameof(backend), backend, "No server is behind it.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies.Values)
        {
            await proxy.DisposeAsync();
        }
    }

    private int Far(int port)
    {
        if (delay == TimeSpan.Zero)
        {
            return port;
        }

        if (!_proxies.TryGetValue(port, out var proxy))
        {
            _proxies[port] = proxy = DelayProxy.Start(port, delay);
        }

        return proxy.Port;
    }
}
