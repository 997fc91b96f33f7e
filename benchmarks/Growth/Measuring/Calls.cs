using System.Diagnostics;

namespace ServerSessions.Benchmarks.Growth.Measuring;

/// <summary>Gets and sets of random sessions, one call at a time.</summary>
internal static class Calls
{
    public static async Task<Percentiles> GetsAsync(GrowingStore store, long sessions, double seconds)
    {
        var latency = new Latency();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            await GetAsync(store.Sessions, sessions, latency);
        }

        return latency.ToPercentiles();
    }

    public static async Task<Percentiles> SetsAsync(GrowingStore store, SessionSource source, long sessions, double seconds)
    {
        var latency = new Latency();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            await SetAsync(store.Sessions, source, sessions, latency);
        }

        return latency.ToPercentiles();
    }

    public static async Task GetAsync(ISessionStore store, long sessions, Latency latency)
    {
        var sid = SessionSource.Sid(Random.Shared.NextInt64(sessions));
        var start = Stopwatch.GetTimestamp();
        var found = await store.GetAsync(sid);
        latency.Since(start);
        if (found is null)
        {
            throw new InvalidOperationException("A live session is not there.");
        }
    }

    public static async Task SetAsync(ISessionStore store, SessionSource source, long sessions, Latency latency)
    {
        var sid = SessionSource.Sid(Random.Shared.NextInt64(sessions));
        var record = source.Record();
        var start = Stopwatch.GetTimestamp();
        await store.SetAsync(sid, record);
        latency.Since(start);
    }
}
