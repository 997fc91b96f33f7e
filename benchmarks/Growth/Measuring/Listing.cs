using System.Diagnostics;

namespace ServerSessions.Benchmarks.Growth.Measuring;

/// <summary>A count and a stream of everything.</summary>
/// <param name="Length">The time of a count.</param>
/// <param name="All">The time of a whole stream.</param>
/// <param name="MostLive">What was in use during another stream, more than before it, at most: bytes.</param>
internal sealed record Listing(TimeSpan Length, TimeSpan All, long MostLive)
{
    /// <summary>
    /// Looks at the memory during a stream; each ends all garbage and takes the longer the more is live, so it is no part of the time.
    /// </summary>
    private const int Looks = 8;

    public static async Task<Listing> MeasureAsync(GrowingStore store, long sessions)
    {
        var clock = Stopwatch.StartNew();
        Expect(sessions, await store.Listing.LengthAsync());
        var length = clock.Elapsed;
        clock.Restart();
        Expect(sessions, await StreamAsync(store, static _ => { }));
        var all = clock.Elapsed;
        var (before, most) = (Memory.Live(), 0L);
        var step = Math.Max(1, sessions / (Looks + 1));
        await StreamAsync(store, seen => most = seen % step == 0 ? Math.Max(most, Memory.Live() - before) : most);
        return new Listing(length, all, most);
    }

    private static async Task<long> StreamAsync(GrowingStore store, Action<long> seen)
    {
        var count = 0L;
        await foreach (var _ in store.Listing.AllAsync())
        {
            seen(++count);
        }

        return count;
    }

    private static void Expect(long sessions, long found)
    {
        if (found != sessions)
        {
            throw new InvalidOperationException($"{sessions} sessions are stored, {found} were found.");
        }
    }
}
