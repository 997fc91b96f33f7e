using System.Diagnostics;

namespace ServerSessions.Benchmarks.Growth;

/// <summary>Brings sessions into a store, by many callers at once.</summary>
internal static class Filling
{
    private const int Callers = 32;

    /// <summary>Stores the sessions with these numbers, in order, while the time lasts.</summary>
    /// <returns>The first number that is not stored.</returns>
    public static async Task<long> StoreAsync(
        ISessionStore store,
        SessionSource source,
        long from,
        long to,
        TimeSpan? lifetime,
        TimeSpan budget
    )
    {
        var next = from - 1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(CallAsync)));
        return Math.Min(next + 1, to);

        async Task CallAsync()
        {
            while (clock.Elapsed < budget)
            {
                var number = Interlocked.Increment(ref next);
                if (number >= to)
                {
                    return;
                }

                await store.SetAsync(SessionSource.Sid(number), source.Record(lifetime));
            }
        }
    }
}
