using System.Diagnostics;
using System.Text.Json;
using Session.Benchmarks.EndToEnd.Load;
using Session.Benchmarks.EndToEnd.Reporting;

namespace Session.Benchmarks.EndToEnd.Running;

/// <summary>
/// The run: in each repeat every contender has its turn beside the others of its backend, and another one begins each time, so that what changes on the machine
/// meets all of them.
/// </summary>
internal static class Comparison
{
    // Each server's code is compiled, and compiled again when it has proved hot, before anything counts.
    private const double FirstSeconds = 1;
    private const double WarmUpSeconds = 0.3;

    public static async Task<int> RunAsync(RunOptions options)
    {
        Machine.NoteLoad();
        var clock = Stopwatch.StartNew();
        var results = new RunResults();
        await using var servers = new Servers();
        await using var load = ChildProcess.StartSelf("--load");
        await servers.StartAsync(options.ChosenBackends());
        foreach (var subject in Groups(options, servers).SelectMany(static group => group))
        {
            await MeasureAsync(load, servers, subject, warmUp: 0, FirstSeconds);
        }

        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            foreach (var group in Groups(options, servers))
            {
                for (var i = 0; i < group.Count; i++)
                {
                    var subject = group[(i + repeat) % group.Count];
                    var result = await MeasureAsync(load, servers, subject, WarmUpSeconds, options.Seconds);
                    results.Of(subject).Add(result);
                    Console.WriteLine(FormattableString.Invariant(
                        $"{repeat + 1}/{options.Repeats} {Names.Of(subject.Backend),-10} {Names.Of(subject.Contender),-20} {Names.Of(subject.Kind),-14} {subject.Setting.Connections,3} connections {subject.Setting.PayloadBytes,5} B {result.RequestsPerSecond,8:N0}/s p50 {result.P50:0.00} ms p99 {result.P99:0.00} ms, server {result.ServerMicroseconds:0} µs{(result.Errors == 0 ? "" : $" {result.Errors} ERRORS: {result.FirstError}")}"));
                }
            }
        }

        Directory.CreateDirectory(options.Output);
        var page = Page.Write(results, options, servers.Missing, clock.Elapsed);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "performance.md"), page);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "performance.svg"), Chart.Draw(results, options.Settings().First()));
        Console.WriteLine(page);
        return results.Subjects.All(subject => results.Of(subject).IsValid) ? 0 : 1;
    }

    /// <summary>The subjects that are compared with each other.</summary>
    private static IEnumerable<IReadOnlyList<Subject>> Groups(RunOptions options, Servers servers) =>
        from setting in options.Settings()
        from backend in options.ChosenBackends()
        from kind in Enum.GetValues<RequestKind>()
        // Without a session the backend does not matter, and neither does the payload.
        where kind != RequestKind.NoSession || (backend == options.ChosenBackends()[0] && setting.PayloadBytes == options.Settings().First().PayloadBytes)
        select servers.On(backend).Select(contender => new Subject(setting, kind, backend, contender)).ToArray();

    private static async Task<LoadResult> MeasureAsync(ChildProcess load, Servers servers, Subject subject, double warmUp, double seconds)
    {
        var request = new LoadRequest(servers.Port(subject.Backend, subject.Contender), subject.Kind, subject.Setting.Connections, subject.Setting.Sessions, subject.Setting.PayloadBytes, warmUp, seconds);
        var before = servers.ProcessorTime(subject.Backend, subject.Contender);
        var answer = await load.AskAsync(JsonSerializer.Serialize(request), TimeSpan.FromSeconds(warmUp + seconds));
        var used = servers.ProcessorTime(subject.Backend, subject.Contender) - before;
        var result = JsonSerializer.Deserialize<LoadResult>(answer)!;
        return result with { ServerMicroseconds = result.Answers == 0 ? 0 : used.TotalMicroseconds / result.Answers };
    }
}
