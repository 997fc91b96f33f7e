using System.Diagnostics;
using Session.Trust.Tests.Support;

namespace Session.Trust.Tests.Prune;

/// <summary>
/// Eight instances remove what has expired, all at once, while others use what lives and touch what is about to end (F22, T27).
/// </summary>
/// <remarks>
/// Each pruner is a store of its own on one place (of memory, which has one, a caller of its own) and works as the stores' own timers do: in batches of the default
/// size, resting after each for as long as it took, but without an interval between. Redis and MongoDB remove by themselves.
/// </remarks>
public sealed class PruneAtScaleTests(Fleet fleet, ITestOutputHelper output)
{
    private const int Pruners = 8;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Prunable =>
        [.. StorePlace.Backends.Where(static backend => backend is not ("redis" or "mongo")).Select(static backend => new TheoryDataRow<string>(backend).WithTrait("backend", backend))];

    [Theory]
    [MemberData(nameof(Prunable))]
    public async Task Eight_instances_that_prune_at_once_take_all_that_has_ended_and_nothing_that_lives_or_was_touched_in_time(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var place = await fleet.Places.NewAsync(backend);
        var expired = backend switch
        {
            "sqlite" or "postgres" => Scale.Of(5000, 1_000_000),
            "file" => Scale.Of(2000, 80_000),

            // By default it holds no more than 100,000.
            _ => Scale.Of(5000, 80_000),
        };
        var stores = Open(place);
        var traffic = new LiveTraffic(stores, seed);
        var late = new LateTouches(waves: Scale.Of(2, 20), perWave: 100);
        await AtRest.AddExpiredAsync(place, stores[0], expired);
        await traffic.AddAsync(Scale.Of(200, 10_000));
        var idle = await traffic.UseAsync(Task.Delay(Scale.Of(500, 10_000), Cancel));

        await late.AddAsync(stores[0]);
        var started = Stopwatch.GetTimestamp();
        var touching = late.TouchAsync(stores, new Random(seed));
        var pruning = Task.WhenAll(stores.Select(store => Task.Run(() => PruneAsync(backend, (IPrunableSessionStore)store, touching))));
        var busy = await traffic.UseAsync(pruning);
        await touching;
        var removed = await pruning;
        var took = Stopwatch.GetElapsedTime(started);

        // What was locked by another when each of them looked for the last time.
        var rest = await ((IPrunableSessionStore)stores[0]).PruneAsync(1000, Cancel);
        output.WriteLine($"{backend}: {Pruners} removed {removed.Sum()} of {expired} and {late.Count} in {took.TotalSeconds:0.0} s ({string.Join(", ", removed)}; {rest} left for later); "
            + $"of those about to end {late.Reached} were touched in time, {late.Count - late.Reached} were not; {traffic.Count} live ones were there; "
            + $"their calls before: {idle.Milliseconds()}; meanwhile: {busy.Milliseconds()}");

        await traffic.AssertAllAsync();
        await late.AssertAllAsync(stores[0]);
        Assert.Equal(0, await ((IPrunableSessionStore)stores[0]).PruneAsync(1000, Cancel));
        Assert.Equal(traffic.Count + late.Reached, await AtRest.CountAsync(place, stores[0]));
        Assert.Equal(0, await AtRest.DeadlocksAsync(place));

        // A memory store also removes what a touch finds over.
        var least = expired + (backend == "memory" ? 0 : late.Count - late.Reached);
        Assert.InRange(removed.Sum() + rest, least, expired + late.Count - late.Reached);
        foreach (var store in stores.Distinct())
        {
            await StorePlace.CloseAsync(store);
        }
    }

    private static ISessionStore[] Open(StorePlace place)
    {
        // Eight pools of tests' usual size would be all the connections that the server has.
        place = place.Backend == "postgres" ? place with { Connection = place.Connection + ";Maximum Pool Size=4" } : place;
        var first = place.Open(new QuietClock());
        return [first, .. Enumerable.Range(1, Pruners - 1).Select(_ => place.Backend == "memory" ? first : place.Open(new QuietClock()))];
    }

    private static async Task<int> PruneAsync(string backend, IPrunableSessionStore store, Task touching)
    {
        // As their options have it: files are removed in one go, since each pass reads all of them.
        var batch = backend switch { "sqlite" => 25, "file" => int.MaxValue, "memory" => 250, _ => 1000 };
        var total = 0;
        while (true)
        {
            var (isOver, started) = (touching.IsCompleted, Stopwatch.GetTimestamp());
            var removed = await store.PruneAsync(batch);
            total += removed;
            if (removed == 0 && isOver)
            {
                return total;
            }

            // A pass that found less goes on soon: the race with the touches is what it is here for.
            await Task.Delay(removed < batch ? TimeSpan.FromMilliseconds(1) : Stopwatch.GetElapsedTime(started));
        }
    }
}
