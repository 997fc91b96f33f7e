using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ServerSessions.Benchmarks.EndToEnd.Alone;
using ServerSessions.Benchmarks.EndToEnd.Contended;
using ServerSessions.Benchmarks.EndToEnd.Delayed;
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
    public const int MorePairs = 4;

    // Each server's code is compiled, and compiled again when it has proved hot, before anything counts. In the time of a measurement, for
    // reading and for writing: five seconds in all. The one with most code went on becoming faster, by a third, for four. What has its own
    // way for larger sessions needs less.
    private const double First = 1.25;
    private const double FirstOfAnother = 0.5;
    private const double WarmUpSeconds = 0.2;

    private static readonly RequestKind[] WithSession = [RequestKind.Read, RequestKind.ReadWrite];

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
        var page = Page.Write(results, options, servers, clock.Elapsed);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "performance.md"), page);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "performance.svg"), Chart.Draw(results, options.Main));
        Console.WriteLine(page);
        return results.AllValid ? 0 : 1;
    }

    private async Task<RunResults> MeasureAllAsync()
    {
        Subject[][] main =
        [
            .. Groups([options.Main], options.ChosenBackends, [RequestKind.Read, RequestKind.ReadWrite, RequestKind.NoSession]),
        ];
        Subject[][] sized = [.. Groups(options.ByPayload.Where(setting => setting != options.Main), options.SizedBackends, WithSession)];
        await WarmUpAsync(main, First);
        await WarmUpAsync(sized, FirstOfAnother);
        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            await MeasureAsync([.. main, .. sized], options.Seconds, repeat, options.Repeats);
            await MeasureSmallDifferencesAsync(main, repeat);
        }

        await MeasureAxisAsync(options.ByConnections.Where(setting => setting != options.Main), options.AxisBackends);
        await MeasureAxisAsync(
            options.ByPayload.Where(setting => setting != options.Main),
            options.AxisBackends.Except(options.SizedBackends)
        );
        await MeasureDelayAsync();
        await MeasureContentionAsync();
        return _results;
    }

    /// <summary>What the main measurements do not tell apart, or do not hold.</summary>
    private async Task MeasureSmallDifferencesAsync(Subject[][] main, int repeat)
    {
        Subject[] pair =
        [
            .. main.SelectMany(static group => group)
                .Where(static subject =>
                    subject is { Kind: RequestKind.NoSession, Contender: Contender.Floor or Contender.ThisProject }
                ),
        ];
        for (var more = 0; more < MorePairs; more++)
        {
            await MeasureAsync([pair], options.Seconds, more, MorePairs);
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

    private async Task MeasureAxisAsync(IEnumerable<Setting> settings, IEnumerable<Backend> backends)
    {
        Subject[][] groups = [.. Groups(settings, backends, WithSession)];
        for (var repeat = 0; repeat < options.OtherRepeats; repeat++)
        {
            await MeasureAsync(groups, options.OtherSeconds, repeat, options.OtherRepeats);
        }
    }

    private async Task MeasureDelayAsync()
    {
        Backend[] backends = [.. options.AxisBackends.Where(Network.Reaches)];
        Setting[] delayed = [.. options.ByDelay.Where(static setting => setting.Delay > 0)];
        if (backends.Length == 0 || delayed.Length == 0)
        {
            return;
        }

        var delay = TimeSpan.FromMilliseconds(options.Delay);
        _results.MeasuredDelay = await DelayProxy.MeasureAsync(delay);
        await servers.StartDelayedAsync(backends, delay);
        await WarmUpAsync(Groups([options.Main with { Delay = options.Delay }], backends, WithSession), First);
        await MeasureAxisAsync(delayed, backends);
    }

    private async Task MeasureContentionAsync()
    {
        var contention = new ContentionRun(
            new ContentionOptions
            {
                Seconds = options.OtherSeconds,
                Repeats = options.OtherRepeats,
                Connections = string.Join(',', options.ByConnections.Select(static setting => setting.Connections)),
                Payload = options.Main.PayloadBytes,
            },
            servers.Places,
            load
        );
        foreach (var backend in options.AxisBackends.Where(backend => servers.On(backend).Any()))
        {
            _results.Contention.AddRange(await contention.MeasureAsync(backend));
        }
    }

    /// <summary>The subjects that are compared with each other.</summary>
    private IEnumerable<Subject[]> Groups(IEnumerable<Setting> settings, IEnumerable<Backend> backends, RequestKind[] kinds) =>
        // Without a session the backend does not matter.
        from setting in settings
        from backend in backends
        from kind in kinds
        where kind != RequestKind.NoSession || backend == options.ChosenBackends[0]
        select servers
            .On(backend)
            // A store alone explains the main setting, and has nothing to do without a session.
            .Where(contender => contender != Contender.StoreAlone || (setting == options.Main && kind != RequestKind.NoSession))
            .Select(contender => new Subject(setting, kind, backend, contender))
            .ToArray();

    private async Task WarmUpAsync(IEnumerable<Subject[]> groups, double measurements)
    {
        foreach (var subject in groups.SelectMany(static group => group))
        {
            await MeasureAsync(subject, warmUp: 0, measurements * options.Seconds);
        }
    }

    private async Task MeasureAsync(Subject[][] groups, double seconds, int repeat, int repeats)
    {
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Length; i++)
            {
                var subject = group[(i + repeat) % group.Length];
                var result = await MeasureAsync(subject, WarmUpSeconds, seconds);
                _results.Add(subject, result);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{repeat + 1}/{repeats} {BackendNames.Of(subject.Backend),-10} {Names.Of(subject.Contender),-20} "
                            + $"{Names.Of(subject.Kind),-14} {subject.Setting.Connections,3} connections "
                            + $"{subject.Setting.PayloadBytes,5} B {(subject.IsDelayed ? "delayed " : "")}"
                            + $"{result.RequestsPerSecond,8:N0}/s p50 {result.P50:0.00} ms "
                            + $"p99 {result.P99:0.00} ms, server {result.ServerMicroseconds:0} "
                            + $"µs{(result.Errors == 0 ? "" : $" {result.Errors} ERRORS: {result.FirstError}")}"
                    )
                );
            }
        }
    }

    private async Task<LoadResult> MeasureAsync(Subject subject, double warmUp, double seconds)
    {
        var request = new LoadRequest(
            [servers.Port(subject)],
            subject.Kind,
            subject.Setting.Connections,
            subject.Setting.Sessions,
            subject.Setting.PayloadBytes,
            warmUp,
            seconds
        );
        var time = servers.ProcessorTime(subject);
        var result = JsonSerializer.Deserialize<LoadResult>(
            await load.AskAsync(JsonSerializer.Serialize(request), TimeSpan.FromSeconds(warmUp + seconds))
        )!;
        var used = servers.ProcessorTime(subject) - time;
        return result with { ServerMicroseconds = result.Answers == 0 ? 0 : used.TotalMicroseconds / result.Answers };
    }
}
