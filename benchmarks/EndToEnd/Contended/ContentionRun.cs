using System.Globalization;
using System.Text.Json;
using ServerSessions.Benchmarks.EndToEnd.Load;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Contended;

/// <summary>All connections read and write one session, which one or more processes serve.</summary>
internal sealed class ContentionRun(ContentionOptions options, Places places, ChildProcess load)
{
    private const double WarmUpSeconds = 0.5;

    /// <summary>Measures and prints a table.</summary>
    public static async Task<int> RunAsync(ContentionOptions options)
    {
        Machine.NoteLoad();
        Console.WriteLine($"{Machine.Describe()}; load before the run {Machine.LoadAtStart}.");
        await using var places = new Places();
        await using var load = ChildProcess.StartSelf("--load");
        var run = new ContentionRun(options, places, load);
        var rows = new List<ContentionRow>();
        foreach (var backend in BackendNames.Parse(options.Backends))
        {
            if (await places.PrepareAsync(backend) is { } why)
            {
                Console.WriteLine($"{BackendNames.Of(backend)} is left out: {why}");
                continue;
            }

            rows.AddRange(await run.MeasureAsync(backend));
        }

        Console.WriteLine(ContentionRow.Table(rows));
        return rows.TrueForAll(static row => row.Load.IsValid) ? 0 : 1;
    }

    /// <summary>Measures a backend that is prepared.</summary>
    public async Task<IReadOnlyList<ContentionRow>> MeasureAsync(Backend backend)
    {
        var processes = CommandLine.Numbers(options.Processes);
        await using var servers = new ContendedServers();
        await servers.StartAsync(backend, await places.OfAsync(backend, nameof(Contended)), processes.Max());
        ContentionRow[] rows =
        [
            .. from number in processes
            where number <= servers.Count
            from connections in CommandLine.Numbers(options.Connections)
            where connections >= number
            select new ContentionRow(backend, number, connections),
        ];
        await MeasureAsync(rows, servers);
        return rows;
    }

    private async Task MeasureAsync(ContentionRow[] rows, ContendedServers servers)
    {
        // Repeat 0 is for the compiler, and does not count.
        for (var repeat = 0; repeat <= options.Repeats; repeat++)
        {
            foreach (var row in rows)
            {
                var request = new LoadRequest(
                    servers.Ports(row.Processes),
                    RequestKind.Contended,
                    row.Connections,
                    Sessions: 1,
                    options.Payload,
                    WarmUpSeconds,
                    options.Seconds
                );
                var before = await servers.CallsAsync();
                var line = await load.AskAsync(
                    JsonSerializer.Serialize(request),
                    TimeSpan.FromSeconds(WarmUpSeconds + options.Seconds)
                );
                var result = JsonSerializer.Deserialize<LoadResult>(line)!;
                var calls = await servers.CallsAsync() - before;
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{repeat}/{options.Repeats} {BackendNames.Of(row.Backend),-10} {row.Processes} processes "
                            + $"{row.Connections,3} connections {result.RequestsPerSecond,7:N0}/s p50 {result.P50:0.00} ms p99 "
                            + $"{result.P99:0.00} ms, {(double)calls.Writes / result.Answers:0.00} writes and "
                            + $"{(double)calls.Reads / result.Answers:0.00} reads a request"
                            + $"{(result.Errors == 0 ? "" : $" {result.Errors} ERRORS: {result.FirstError}")}"
                    )
                );
                if (repeat > 0)
                {
                    row.Add(result, calls);
                }
            }
        }
    }
}
