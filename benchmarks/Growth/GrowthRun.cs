using System.Diagnostics;
using System.Globalization;
using ServerSessions.Benchmarks.Growth.Measuring;
using ServerSessions.Benchmarks.Growth.Reporting;

namespace ServerSessions.Benchmarks.Growth;

/// <summary>One store after the other, each filled from size to size and measured at each; nothing else is done meanwhile.</summary>
internal sealed class GrowthRun(GrowthOptions options)
{
    private readonly GrowthResults _results = new();

    public static async Task<int> RunAsync(GrowthOptions options)
    {
        Machine.NoteLoad();
        var clock = Stopwatch.StartNew();
        var run = new GrowthRun(options);
        await using (var places = new Places())
        {
            foreach (var backend in BackendNames.Parse(options.Backends))
            {
                if (await places.PrepareAsync(backend) is { } why)
                {
                    run.LeaveOut(FormattableString.Invariant($"{BackendNames.Of(backend)}: {why}"));
                    continue;
                }

                await using var store = new GrowingStore(backend, await places.OfAsync(backend, "growth"));
                await run.MeasureAsync(store);
            }
        }

        Directory.CreateDirectory(options.Output);
        var page = GrowthPage.Write(run._results, options, clock.Elapsed);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "growth.md"), page);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "growth.svg"), GrowthChart.Draw(run._results));
        Console.WriteLine(page);
        return 0;
    }

    private async Task MeasureAsync(GrowingStore store)
    {
        var source = new SessionSource(options.Payload, store.Clock);
        _results.PayloadLength = source.PayloadLength;
        var empty = Memory.Live();
        var sessions = 0L;
        foreach (var size in options.ChosenSizes)
        {
            sessions = await Filling.StoreAsync(
                store.Sessions,
                source,
                sessions,
                size,
                lifetime: null,
                TimeSpan.FromSeconds(options.Budget)
            );
            Say(store, FormattableString.Invariant($"{sessions:N0} sessions"));
            try
            {
                await MeasureAsync(store, source, sessions, empty);
                if (size == options.PruneSize && store.Pruning is { } pruning)
                {
                    _results.Prunings[store.Backend] = await Pruning.MeasureAsync(store, pruning, source, sessions, options);
                    Say(store, "pruned");
                }
            }
            catch (SessionStoreException failure)
            {
                LeaveOut(FormattableString.Invariant($"{BackendNames.Of(store.Backend)} at {sessions:N0} sessions: {failure.Message}"));
            }

            if (sessions < size)
            {
                LeaveOut(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{BackendNames.Of(store.Backend)}: {size:N0} sessions; after {options.Budget} seconds there were "
                            + $"{sessions:N0}, and it was measured with those."
                    )
                );
                break;
            }
        }
    }

    private async Task MeasureAsync(GrowingStore store, SessionSource source, long sessions, long empty)
    {
        var perSession = (double)Math.Max(0, Memory.Live() - empty) / sessions;
        var gets = await Calls.GetsAsync(store, sessions, options.Seconds);
        var sets = await Calls.SetsAsync(store, source, sessions, options.Seconds);
        var stop = new Stop(store.Backend, sessions, gets, sets, await Listing.MeasureAsync(store, sessions), perSession);
        _results.Stops.Add(stop);
        Say(
            store,
            string.Create(
                CultureInfo.InvariantCulture,
                $"get {gets.P50:0.0} µs p99 {gets.P99:0.0}, set {sets.P50:0.0} µs p99 {sets.P99:0.0}, count "
                    + $"{stop.Listing.Length.TotalMilliseconds:0.0} ms, stream {stop.Listing.All.TotalMilliseconds:0} ms and "
                    + $"{stop.Listing.MostLive:N0} B"
            )
        );
    }

    private void LeaveOut(string sentence)
    {
        _results.LeftOut.Add(sentence);
        Console.WriteLine(sentence);
    }

    private static void Say(GrowingStore store, string what) => Console.WriteLine($"{BackendNames.Of(store.Backend),-10} {what}");
}
