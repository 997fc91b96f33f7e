using System.Globalization;
using System.Text.Json;
using ServerSessions.Benchmarks.EndToEnd.Running;
using ServerSessions.Benchmarks.EndToEnd.Serving;

namespace ServerSessions.Benchmarks.EndToEnd.Contended;

/// <summary>Processes of this project that keep their sessions in one place.</summary>
internal sealed class ContendedServers : IAsyncDisposable
{
    private readonly List<(ChildProcess Process, int Port)> _servers = [];

    public int[] Ports(int processes) => [.. _servers.Take(processes).Select(static server => server.Port)];

    public int Count => _servers.Count;

    public async Task StartAsync(Backend backend, string place, int processes)
    {
        for (var i = 0; i < (backend == Backend.Memory ? 1 : processes); i++)
        {
            var process = ChildProcess.StartSelf("--serve", backend.ToString(), nameof(Contender.ThisProject), place);
            var line = await process.AskAsync(line: null, TimeSpan.Zero);
            _servers.Add((process, int.Parse(line["port ".Length..], CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>The calls of the store so far, of all processes.</summary>
    public async Task<StoreCallNumbers> CallsAsync()
    {
        var all = default(StoreCallNumbers);
        foreach (var (process, _) in _servers)
        {
            all += JsonSerializer.Deserialize<StoreCallNumbers>(await process.AskAsync("calls", TimeSpan.Zero));
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _servers)
        {
            await process.DisposeAsync();
        }
    }
}
