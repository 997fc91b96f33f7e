using System.Diagnostics;
using ServerSessions.Stores;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Checks;

/// <summary>How fast the backend replies.</summary>
internal sealed class SpeedChecks(ISessionStore store)
{
    private const int Reads = 50;
    private const int Writes = 20;

    // A request makes one or two calls. The stores' OperationTimeout is 2 s by default.
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(100);

    public async Task<StoreCheck> ReadsAsync(CancellationToken cancellationToken)
    {
        var sid = ProbeSession.NewSid();
        return Check("reads", await MeasureAsync(Reads, async () => await store.GetAsync(sid, cancellationToken)));
    }

    public async Task<StoreCheck> WritesAsync(CancellationToken cancellationToken)
    {
        var (sid, number) = (ProbeSession.NewSid(), 0);
        try
        {
            return Check(
                "writes",
                await MeasureAsync(Writes, async () =>
                    await store.SetAsync(
                        sid,
                        ProbeSession.Record(number++, TimeProvider.System.GetUtcNow() + ProbeSession.Life),
                        cancellationToken
                    )
                )
            );
        }
        finally
        {
            await store.DestroyAsync(sid, CancellationToken.None);
        }
    }

    private static async Task<TimeSpan[]> MeasureAsync(int count, Func<Task> call)
    {
        // The first call also loads code and opens a connection.
        await call();
        var times = new TimeSpan[count];
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await call();
            times[i] = Stopwatch.GetElapsedTime(started);
        }

        Array.Sort(times);
        return times;
    }

    private static StoreCheck Check(string name, TimeSpan[] sorted)
    {
        var (half, most) = (sorted[sorted.Length / 2], sorted[(int)(sorted.Length * 0.99)]);
        return StoreCheck.Of(
            most <= Slow,
            StoreCheckGroup.Reach,
            name,
            $"{sorted.Length}: p50 {Words.Milliseconds(half)}, p99 {Words.Milliseconds(most)}",
            $"p99 within {Words.Milliseconds(Slow)}",
            "Requests wait for this. Run the tool beside the application, and look at the load of the server and at the network."
        );
    }
}
