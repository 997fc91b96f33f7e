using System.Globalization;
using System.Text.Json;
using ServerSessions.Benchmarks.EndToEnd.Load;
using ServerSessions.Benchmarks.EndToEnd.Running;

namespace ServerSessions.Benchmarks.EndToEnd.Delayed;

/// <summary>
/// Whether a touch in the same round trip as the read pays: <c>TouchOnRead</c> Never and Always, in turn, over a network delay. Prints a
/// table.
/// </summary>
internal static class TouchComparison
{
    private const double WarmUpSeconds = 0.3;

    public static IReadOnlyList<SessionTouchOnRead> Touches { get; } = [SessionTouchOnRead.Never, SessionTouchOnRead.Always];

    public static async Task<int> RunAsync(TouchOptions options)
    {
        Machine.NoteLoad();
        await using var load = ChildProcess.StartSelf("--load");
        await using var servers = new DelayedServers(options);
        Console.WriteLine($"{Machine.Describe()}; load before the run {Machine.LoadAtStart}.");
        if (options.Delay > 0)
        {
            var delay = await DelayProxy.MeasureAsync(options.DelayTime);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A round trip to a server takes {delay.TotalMilliseconds:0.00} ms "
                        + $"longer (median of 500); {options.Delay} ms were asked for."
                )
            );
        }

        var subjects = new List<TouchSubject>();
        foreach (var backend in BackendNames.Parse(options.Backends))
        {
            if (await servers.StartAsync(backend) is { } why)
            {
                Console.WriteLine($"{BackendNames.Of(backend)} is left out: {why}");
                continue;
            }

            subjects.AddRange(
                from connections in CommandLine.Numbers(options.Connections)
                from kind in (RequestKind[])[RequestKind.Read, RequestKind.ReadWrite]
                select new TouchSubject(backend, kind, new Setting(connections, options.Payload))
            );
        }

        await MeasureAsync(subjects, servers, load, options);
        Console.WriteLine(TouchTable.Write(subjects));
        return subjects.TrueForAll(static subject => subject.Series.Values.All(static series => series.IsValid)) ? 0 : 1;
    }

    private static async Task MeasureAsync(List<TouchSubject> subjects, DelayedServers servers, ChildProcess load, TouchOptions options)
    {
        // Repeat 0 is for the compiler, and does not count.
        for (var repeat = 0; repeat <= options.Repeats; repeat++)
        {
            foreach (var subject in subjects)
            {
                foreach (var touch in repeat % 2 == 0 ? Touches : Touches.Reverse())
                {
                    var request = new LoadRequest(
                        [servers.Port(subject.Backend, touch)],
                        subject.Kind,
                        subject.Setting.Connections,
                        subject.Setting.Sessions,
                        subject.Setting.PayloadBytes,
                        WarmUpSeconds,
                        options.Seconds
                    );
                    var line = await load.AskAsync(
                        JsonSerializer.Serialize(request),
                        TimeSpan.FromSeconds(WarmUpSeconds + options.Seconds)
                    );
                    var result = JsonSerializer.Deserialize<LoadResult>(line)!;
                    Console.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{repeat}/{options.Repeats} {BackendNames.Of(subject.Backend),-20} {Names.Of(subject.Kind),-14} "
                                + $"{subject.Setting.Connections,2} {touch,-6} {result.RequestsPerSecond,7:N0}/s p50 "
                                + $"{result.P50:0.00} ms p99 {result.P99:0.00} "
                                + $"ms{(result.Errors == 0 ? "" : $" {result.Errors} ERRORS: {result.FirstError}")}, load "
                                + $"{Machine.Load()}"
                        )
                    );
                    if (repeat > 0)
                    {
                        subject.Series[touch].Add(result);
                    }
                }
            }
        }
    }
}

/// <summary>What is measured with each of the two settings.</summary>
internal sealed record TouchSubject(Backend Backend, RequestKind Kind, Setting Setting)
{
    public Dictionary<SessionTouchOnRead, Series> Series { get; } =
        TouchComparison.Touches.ToDictionary(static touch => touch, static _ => new Series());
}
