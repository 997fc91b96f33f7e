using System.Diagnostics;
using System.Globalization;
using ServerSessions.Testing;

namespace ServerSessions.Benchmarks.EndToEnd.Running;

/// <summary>The servers that are measured, one process each; all of them run during the whole run, and one at a time has work.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly Dictionary<(Backend, Contender), (ChildProcess Process, int Port)> _servers = [];
    private readonly Places _places = new();
    private readonly List<string> _missing = [];

    /// <summary>What is not measured, and why: sentences.</summary>
    public IReadOnlyList<string> Missing => _missing;

    public IEnumerable<Contender> On(Backend backend) =>
        Enum.GetValues<Contender>().Where(contender => _servers.ContainsKey((backend, contender)));

    public int Port(Backend backend, Contender contender) => _servers[(backend, contender)].Port;

    public TimeSpan ProcessorTime(Backend backend, Contender contender) => _servers[(backend, contender)].Process.ProcessorTime;

    /// <summary>Writes so far that met another request's; a server that compares nothing has none.</summary>
    public async Task<long> ConflictsAsync(Backend backend, Contender contender) =>
        contender == Contender.ThisProject
            ? long.Parse(await _servers[(backend, contender)].Process.AskAsync("conflicts", TimeSpan.Zero), CultureInfo.InvariantCulture)
            : 0;

    public async Task StartAsync(IEnumerable<Backend> backends)
    {
        var whyNoNode = await WhyNoNodeAsync();
        if (whyNoNode is not null)
        {
            _missing.Add($"express-session: {whyNoNode}");
        }

        foreach (var backend in backends)
        {
            if (await _places.PrepareAsync(backend) is { } why)
            {
                _missing.Add($"{BackendNames.Of(backend)}: {why}");
                continue;
            }

            foreach (var contender in Contenders(backend).Where(contender => contender != Contender.Express || whyNoNode is null))
            {
                await StartAsync(backend, contender);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _servers.Values)
        {
            await process.DisposeAsync();
        }

        await _places.DisposeAsync();
    }

    private static IEnumerable<Contender> Contenders(Backend backend) =>
        backend switch
        {
            Backend.Memory or Backend.Redis =>
            [
                Contender.Floor,
                Contender.StoreAlone,
                Contender.ThisProject,
                Contender.AspNetCore,
                Contender.Express,
            ],
            _ => [Contender.Floor, Contender.StoreAlone, Contender.ThisProject, Contender.Express],
        };

    private async Task StartAsync(Backend backend, Contender contender)
    {
        var place = await _places.OfAsync(backend, contender.ToString());
        var process =
            contender == Contender.Express
                ? ChildProcess.Start("node", [Path.Combine(NodeFolder, "server.js"), backend.ToString(), place])
                : ChildProcess.StartSelf("--serve", backend.ToString(), contender.ToString(), place);
        var line = await process.AskAsync(line: null, TimeSpan.Zero);
        _servers[(backend, contender)] = (process, int.Parse(line["port ".Length..], CultureInfo.InvariantCulture));
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
