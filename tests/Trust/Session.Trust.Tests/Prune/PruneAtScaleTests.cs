using System.Diagnostics;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Sqlite;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Prune;

/// <summary>
/// Eight instances remove what has expired, all at once, while others use what lives and touch what is about to end (F22, T27).
/// </summary>
/// <remarks>
/// Each instance has a store of its own and works as the stores' own timers do: in batches of the default size, resting after each for as
/// long as it took, but without an interval between. No clock goes on: what has ended has ended from the start. Redis removes by itself; a
/// memory store has one instance.
/// </remarks>
public sealed class PruneAtScaleTests(Fleet fleet, ITestOutputHelper output)
{
    private const int Pruners = 8;

    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(10);

    // Milliseconds that a thread may wait for its turn on a machine with less processors than pruners.
    private const double Turn = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Shared => Places.Cases("sqlite", "file", "postgres", "mysql", "mongo");

    [Theory]
    [MemberData(nameof(Shared))]
    public async Task Eight_instances_that_prune_at_once_take_all_that_has_ended_and_nothing_that_lives_or_was_touched_in_time(
        string backend
    )
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var (expired, batch) = backend switch
        {
            "sqlite" => (Scale.Of(5000, 1_000_000), new SqliteSessionStoreOptions().PruneBatch),
            "postgres" => (Scale.Of(5000, 1_000_000), new PostgresSessionStoreOptions().PruneBatch),
            "mysql" => (Scale.Of(5000, 1_000_000), new MySqlSessionStoreOptions().PruneBatch),
            "mongo" => (Scale.Of(200, 5000), new MongoSessionStoreOptions().PruneBatch),

            // In one go, since each pass reads all files.
            _ => (Scale.Of(1000, 80_000), int.MaxValue),
        };

        // The server that stands in for MongoDB compares each id with each document.
        var living = Scale.Of(200, backend == "mongo" ? 1000 : 10_000);

        // MongoDB's server removes by a clock of its own what is over; for it nothing here is.
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddDays(1);
        var place = await fleet.Places.NewAsync(backend);
        if (backend is "postgres" or "mysql")
        {
            // Pools of tests' usual size would be all the connections that the server has.
            place = place with { Connection = place.Connection + ";Maximum Pool Size=4" };
        }

        var behind = place.Open(new ToldClock(now.AddHours(-2)));
        var stores = Enumerable.Range(0, Pruners).Select(_ => place.Open(new ToldClock(now))).ToList();
        var traffic = new LiveTraffic(stores, seed);
        var late = new LateTouches(behind);
        await ManyExpired.AddAsync(place, behind, now, expired);
        await late.AddAsync(living, now, new Random(seed));
        await traffic.AddAsync(living);
        var idle = await traffic.UseAsync(Task.Delay(Scale.Of(300, 10_000), Cancel));

        var started = Stopwatch.GetTimestamp();
        var touching = late.TouchAsync();

        // On a machine that starves the pruning could be over before.
        await Task.WhenAny(late.Begun, touching);
        var pruning = Task.WhenAll(stores.Select(store => Task.Run(() => PruneAsync((IPrunableSessionStore)store, batch, touching))));
        var busy = traffic.UseAsync(pruning);
        await Task.WhenAll(touching, pruning, busy);
        var took = Stopwatch.GetElapsedTime(started);

        // What another had locked when each of them looked for the last time.
        var removed = await pruning;
        var rest = await ((IPrunableSessionStore)stores[0]).PruneAsync(1000, Cancel);
        output.WriteLine(
            $"{backend}: {Pruners} instances removed {expired} and {late.Gone} in {took.TotalSeconds:0.0} s "
                + $"({string.Join(", ", removed)}; {rest} left for later), at most {batch} at once; "
                + $"{late.Reached} were touched in the last moment; {traffic.Count} live ones were there; "
                + $"uses before: {idle.Milliseconds()}; meanwhile: {(await busy).Milliseconds()}"
        );

        if (Scale.IsLong && backend != "mongo")
        {
            Assert.True(took <= AtMost, $"It took {took}.");
            Assert.True((await busy).Percentile(99) <= (2 * idle.Percentile(99)) + Turn, "Calls waited for the pruning.");
        }

        Assert.True(late.Reached > 0, "No touch came before the pruning: that is no race.");
        await traffic.AssertAllAsync();
        await late.AssertAllAsync();
        Assert.Equal(expired + late.Gone, removed.Sum() + rest);
        Assert.Equal(traffic.Count + late.Reached, await ((IEnumerableSessionStore)behind).LengthAsync(Cancel));
        foreach (var store in stores.Prepend(behind))
        {
            await StorePlace.CloseAsync(store);
        }

        if (backend == "postgres")
        {
            Assert.Equal(0, await Deadlocks.OfAsync(place.Connection));
        }
    }

    private static async Task<int> PruneAsync(IPrunableSessionStore store, int batch, Task touching)
    {
        var total = 0;
        while (true)
        {
            var (isOver, started) = (touching.IsCompleted, Stopwatch.GetTimestamp());
            var removed = await store.PruneAsync(batch);
            Assert.InRange(removed, 0, batch);
            total += removed;
            if (removed == 0 && isOver)
            {
                return total;
            }

            // A moment at least: eight that find nothing would leave no time to the others.
            await Task.Delay(Stopwatch.GetElapsedTime(started) + TimeSpan.FromMilliseconds(1));
        }
    }
}
