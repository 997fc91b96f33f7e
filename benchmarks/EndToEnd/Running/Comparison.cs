using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ServerSessions.Benchmarks.EndToEnd.Alone;
using ServerSessions.Benchmarks.EndToEnd.Load;
using ServerSessions.Benchmarks.EndToEnd.Reporting;

namespace ServerSessions.Benchmarks.EndToEnd.Running;

/// <summary>
/// The run: in each repeat every contender has its turn beside the others of its backend, and another one begins each time, so that what
/// changes on the machine meets all of them.
/// </summary>
internal sealed class Comparison(RunOptions options, Servers servers, ChildProcess load)
{
    // Without a session two contenders are so near to each other that three measurements do not tell them apart.
    public const int MorePairs = 6;

    // Each server's code is compiled, and compiled again when it has proved hot, before anything counts. The one with most code went on
    // becoming faster, by a third, after its first four seconds. In the time of a measurement.
    private const double First = 2.5;
    private const double WarmUpSeconds = 0.3;

    private readonly RunResults _results = new();

    public static async Task<int> RunAsync(RunOptions options)
    {
        Machine.NoteLoad();
        var clock = Stopwatch.StartNew();
        await using var servers = new Servers();
        await using var load = ChildProcess.StartSelf("--load");
        await servers.StartAsync(options.ChosenBackends);
        var results = await new Comparison(options, servers, load).MeasureAllAsync();
        Directory.CreateDirectory(options.Output);
        var page = Page.Write(results, options, servers.Missing, clock.Elapsed);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "performance.md"), page);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "performance.svg"), Chart.Draw(results, options.Main));
        Console.WriteLine(page);
        return results.Subjects.All(subject => results.Of(subject).IsValid) ? 0 : 1;
    }

    private async Task<RunResults> MeasureAllAsync()
    {
        RequestKind[] everywhere = [RequestKind.Read, RequestKind.ReadWrite];
        var main = Groups(options.Main, Enum.GetValues<RequestKind>()).ToArray();
        var others = options.Others.SelectMany(setting => Groups(setting, everywhere)).ToArray();
        Subject[][] pair =
        [
            [
                .. main.SelectMany(static group => group)
                    .Where(static subject =>
                        subject is { Kind: RequestKind.NoSession, Contender: Contender.Floor or Contender.ThisProject }
                    ),
            ],
        ];
        foreach (var subject in main.SelectMany(static group => group))
        {
            await MeasureAsync(subject, warmUp: 0, First * options.Seconds);
        }

        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            await MeasureAsync(main, options.Seconds, repeat, options.Repeats);
            for (var more = 0; more < MorePairs; more++)
            {
                await MeasureAsync(pair, options.Seconds, more, MorePairs);
            }

            if (options.ChosenBackends.Contains(Backend.Sqlite))
            {
                var alone = await SqliteAlone.MeasureAsync(options.Main, options.Seconds);
                _results.SqliteAlone.Add(alone);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{repeat + 1}/{options.Repeats} SQLite without HTTP: loop {alone.LoopPerSecond:N0}/s, one a commit "
                            + $"{alone.SingleLoopPerSecond:N0}/s, store {alone.StorePerSecond:N0}/s"
                    )
                );
            }
        }

        for (var repeat = 0; repeat < options.OtherRepeats; repeat++)
        {
            await MeasureAsync(others, options.OtherSeconds, repeat, options.OtherRepeats);
        }

        return _results;
    }

    /// <summary>The subjects that are compared with each other.</summary>
    private IEnumerable<Subject[]> Groups(Setting setting, RequestKind[] kinds) =>
        // Without a session the backend does not matter.
        from backend in options.ChosenBackends
        from kind in kinds
        where kind != RequestKind.NoSession || backend == options.ChosenBackends[0]
        select servers
            .On(backend)
            .Where(contender => Compares(setting, kind, contender))
            .Select(contender => new Subject(setting, kind, backend, contender))
            .ToArray();

    /// <summary>
    /// A contender that lets the last of two writes win is as fast with one session as with many; one such is enough. A store alone
    /// explains the main setting: it makes no retry, and has nothing to do without a session.
    /// </summary>
    private bool Compares(Setting setting, RequestKind kind, Contender contender) =>
        contender switch
        {
            Contender.Floor or Contender.ThisProject => true,
            Contender.StoreAlone => setting == options.Main && (kind is RequestKind.Read or RequestKind.ReadWrite),
            _ => kind != RequestKind.Contended,
        };

    private async Task MeasureAsync(Subject[][] groups, double seconds, int repeat, int repeats)
    {
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Length; i++)
            {
                var subject = group[(i + repeat) % group.Length];
                var result = await MeasureAsync(subject, WarmUpSeconds, seconds);
                _results.Of(subject).Add(result);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{repeat + 1}/{repeats} {BackendNames.Of(subject.Backend),-10} {Names.Of(subject.Contender),-20} "
                            + $"{Names.Of(subject.Kind),-14} {subject.Setting.Connections,3} connections "
                            + $"{subject.Setting.PayloadBytes,5} B {result.RequestsPerSecond,8:N0}/s p50 {result.P50:0.00} ms "
                            + $"p99 {result.P99:0.00} ms, server {result.ServerMicroseconds:0} "
                            + $"µs{(result.Errors == 0 ? "" : $" {result.Errors} ERRORS: {result.FirstError}")}"
                    )
                );
            }
        }
    }

    private async Task<LoadResult> MeasureAsync(Subject subject, double warmUp, double seconds)
    {
        var (setting, kind, backend, contender) = subject;
        var request = new LoadRequest(
            servers.Port(backend, contender),
            kind,
            setting.Connections,
            subject.Sessions,
            setting.PayloadBytes,
            warmUp,
            seconds
        );
        var (time, conflicts) = (servers.ProcessorTime(backend, contender), await servers.ConflictsAsync(backend, contender));
        var result = JsonSerializer.Deserialize<LoadResult>(
            await load.AskAsync(JsonSerializer.Serialize(request), TimeSpan.FromSeconds(warmUp + seconds))
        )!;
        var used = servers.ProcessorTime(backend, contender) - time;
        return result with
        {
            ServerMicroseconds = result.Answers == 0 ? 0 : used.TotalMicroseconds / result.Answers,
            Conflicts = await servers.ConflictsAsync(backend, contender) - conflicts,
        };
    }
}
