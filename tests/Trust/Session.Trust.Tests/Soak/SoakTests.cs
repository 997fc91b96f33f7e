using System.Globalization;
using ServerSessions.Payload;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Soak;

/// <summary>
/// Hosts that run for two hours while sessions come and go, and are then stopped in the midst of it (F25, T39): all backends at once, a
/// process each.
/// </summary>
public sealed class SoakTests(Fleet fleet, ITestOutputHelper output)
{
    private static readonly TimeSpan WarmUp = Scale.IsLong ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Interval = Scale.IsLong ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(0.5);
    private static readonly int Samples = Scale.Of(12, 111);

    // What a process that stays as it is may differ by: pools fill and empty, and a small run has hardly warmed up. The heaps are of 0.7 to
    // 1.1 MB.
    private static readonly long Bytes = Scale.Of(300_000, 100_000);
    private static readonly int Some = 2;

    // The figure is a second. A small run is there beside all other tests.
    private static readonly TimeSpan AtMost = Scale.IsLong ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_runs_for_long_holds_no_more_than_at_first_and_when_it_is_stopped_it_is_gone_at_once_with_all_that_was_acknowledged_kept()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var places = new List<StorePlace>();
        foreach (var backend in StorePlace.Backends)
        {
            if (await fleet.Places.WhyMissingAsync(backend) is null)
            {
                places.Add(await fleet.Places.NewAsync(backend));
            }
        }

        await Task.WhenAll(places.Select((place, i) => SoakAsync(place, seed + (i * 1000))));
    }

    private async Task SoakAsync(StorePlace place, int seed)
    {
        var (process, address) = await SoakProcess.StartAsync(place);
        using var ending = process;
        using var churn = new Churn(address, seed);
        await Task.Delay(WarmUp, Cancel);
        var vitals = new List<Vitals>();
        while (vitals.Count < Samples)
        {
            churn.ThrowIfOver();
            using (await churn.PauseAsync())
            {
                vitals.Add(await process.MeasureAsync());
            }

            await Task.Delay(Interval, Cancel);
        }

        var answered = churn.Answered;
        churn.ExpectEnd();
        var stopped = await process.StopAsync();
        var acknowledged = await churn.EndAsync();
        var kept = place.Backend == "memory" ? 0 : await AssertKeptAsync(place, acknowledged);

        var heap = new Trend(vitals.ConvertAll(static one => one.Heap));
        var handles = new Trend(vitals.ConvertAll(static one => (long)one.Handles));

        // On a busy machine the pool takes more threads, and gives them back after twenty seconds without work, which a small run does not
        // see.
        var threads = new Trend(vitals.ConvertAll(static one => (long)(Scale.IsLong ? one.Threads : one.Threads - one.PoolThreads)));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{place.Backend}: {answered:N0} requests; heap {heap}, handles {handles}, threads {threads} (first third, last third); "
            )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"gone {stopped.Took.TotalMilliseconds:0} ms after the last response, {stopped.Left.Sockets} sockets and "
                        + $"{stopped.Left.Timers} timers left, {kept} of {acknowledged.Count} sessions looked for and found"
                )
        );

        Assert.Equal(("", 0), (stopped.Errors, stopped.ExitCode));
        Assert.True(
            stopped.Left is { Sockets: <= 0, Timers: <= 0 },
            $"{place.Backend}: it left {stopped.Left.Sockets} sockets and {stopped.Left.Timers} timers."
        );
        Assert.True(heap.Last <= heap.First + Bytes, $"{place.Backend}: the heap has grown, {heap}.");
        Assert.True(handles.Last <= handles.First + Some, $"{place.Backend}: handles {handles}.");
        Assert.True(threads.Last <= threads.First + Some, $"{place.Backend}: threads {threads}.");
        Assert.True(stopped.Took <= AtMost, $"{place.Backend}: it took {stopped.Took} to end.");
    }

    private static async Task<int> AssertKeptAsync(StorePlace place, IReadOnlyCollection<Acknowledged> acknowledged)
    {
        var store = place.Open();
        foreach (var (sid, count) in acknowledged)
        {
            var record = await store.GetAsync(sid, Cancel);
            Assert.True(record is not null, $"{place.Backend}: a session that was acknowledged is not there.");
            Assert.True(SessionDocument.Parse(record.Payload).TryGetJson(SoakHost.CountKey, out var json));
            Assert.InRange(int.Parse(json.Span, CultureInfo.InvariantCulture), count, count + 1);
        }

        await StorePlace.CloseAsync(store);
        return acknowledged.Count;
    }
}
