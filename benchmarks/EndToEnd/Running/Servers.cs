using System.Diagnostics;
using System.Globalization;
using ServerSessions.Benchmarks.EndToEnd.Delayed;
using ServerSessions.Testing;

namespace ServerSessions.Benchmarks.EndToEnd.Running;

/// <summary>The servers that are measured, one process each; one at a time has work.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly Dictionary<(Backend, Contender, bool IsDelayed), (ChildProcess Process, int Port)> _servers = [];
    private readonly List<string> _missing = [];
    private Network? _network;

    public Places Places { get; } = new();

    /// <summary>What is not measured, and why: sentences.</summary>
    public IReadOnlyList<string> Missing => _missing;

    public IEnumerable<Contender> On(Backend backend) =>
        Enum.GetValues<Contender>().Where(contender => _servers.ContainsKey((backend, contender, false)));

    public int Port(Subject subject) => Of(subject).Port;

    public TimeSpan ProcessorTime(Subject subject) => Of(subject).Process.ProcessorTime;

    public async Task StartAsync(IEnumerable<Backend> backends)
    {
        var whyNoNode = await WhyNoNodeAsync();
        if (whyNoNode is not null)
        {
            _missing.Add($"express-session: {whyNoNode}");
        }

        foreach (var backend in backends)
        {
            if (await Places.PrepareAsync(backend) is { } why)
            {
                _missing.Add($"{BackendNames.Of(backend)}: {why}");
                continue;
            }

            foreach (var contender in Contenders(backend).Where(contender => contender != Contender.Express || whyNoNode is null))
            {
                await StartAsync(backend, contender, network: null);
            }
        }
    }

    /// <summary>Starts the compared contenders of these backends again, each a delay away from its server.</summary>
    public async Task StartDelayedAsync(IEnumerable<Backend> backends, TimeSpan delay)
    {
        _network = new Network(delay);
        foreach (var backend in backends)
        {
            foreach (var contender in On(backend).Where(static contender => contender != Contender.StoreAlone))
            {
                await StartAsync(backend, contender, _network);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _servers.Values)
        {
            await process.DisposeAsync();
        }

        if (_network is not null)
        {
            await _network.DisposeAsync();
        }

        await Places.DisposeAsync();
    }

    private static IEnumerable<Contender> Contenders(Backend backend) =>
        backend switch
        {
            Backend.Memory or Backend.Redis or Backend.Valkey =>
            [
                Contender.Floor,
                Contender.StoreAlone,
                Contender.ThisProject,
                Contender.AspNetCore,
                Contender.Express,
            ],
            _ => [Contender.Floor, Contender.StoreAlone, Contender.ThisProject, Contender.Express],
        };

    private (ChildProcess Process, int Port) Of(Subject subject) => _servers[(subject.Backend, subject.Contender, subject.IsDelayed)];

    private async Task StartAsync(Backend backend, Contender contender, Network? network)
    {
        var near = await Places.OfAsync(backend, contender.ToString());
        var place = network?.Far(backend, near) ?? near;
        var process =
            contender == Contender.Express
                ? ChildProcess.Start("node", [Path.Combine(NodeFolder, "server.js"), backend.ToString(), place])
                : ChildProcess.StartSelf("--serve", backend.ToString(), contender.ToString(), place);
        var line = await process.AskAsync(line: null, TimeSpan.Zero);
        _servers[(backend, contender, network is not null)] = (process, int.Parse(line["port ".Length..], CultureInfo.InvariantCulture));
    }

    private static string NodeFolder => Path.Combine(Repository.Root, "benchmarks", "EndToEnd", "Node");

    private static async Task<string?> WhyNoNodeAsync()
    {
        if (Programs.Find("node") is null || Programs.Find("npm") is null)
        {
            return "Node and npm are not installed.";
        }

        if (!Directory.Exists(Path.Combine(NodeFolder, "node_modules")))
        {
            using var npm = Process.Start(
                new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]) { WorkingDirectory = NodeFolder }
            )!;
            await npm.WaitForExitAsync();
            return npm.ExitCode == 0 ? null : "its packages could not be installed.";
        }

        return null;
    }
}
