using System.Diagnostics;
using System.Text;
using ServerSessions.Benchmarks.EndToEnd.Running;
using ServerSessions.Benchmarks.EndToEnd.Serving;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Benchmarks.EndToEnd.Alone;

/// <summary>
/// SQLite without HTTP, in this process: sessions stored in a second by <see cref="GroupCommitLoop"/>, and by this project's store for as
/// many callers.
/// </summary>
/// <param name="LoopPerSecond">The loop, with as many in a transaction as there are callers.</param>
/// <param name="SingleLoopPerSecond">The loop, each in a transaction of its own.</param>
/// <param name="StorePerSecond">The store: read and stored.</param>
internal sealed record SqliteAloneResult(double LoopPerSecond, double SingleLoopPerSecond, double StorePerSecond);

internal static class SqliteAlone
{
    /// <summary>
    /// Each warms up for as long as it is measured: after a third of a second the compiler is still at work on the store.
    /// </summary>
    public static async Task<SqliteAloneResult> MeasureAsync(Setting setting, double seconds)
    {
        var folder = Directory.CreateTempSubdirectory("session-benchmark-");
        try
        {
            var sids = Enumerable.Range(0, setting.Sessions).Select(static number => $"session-number-{number:D17}").ToArray();
            var payload = Floor.Session(new string('x', setting.PayloadBytes));
            var loop = Loop(Path.Combine(folder.FullName, "loop.db"), sids, payload, setting.Connections, seconds);
            var single = Loop(Path.Combine(folder.FullName, "single.db"), sids, payload, updates: 1, seconds);
            return new SqliteAloneResult(
                loop,
                single,
                await StoreAsync(Path.Combine(folder.FullName, "store.db"), sids, payload, setting.Connections, seconds)
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Loop(string file, string[] sids, string payload, int updates, double seconds)
    {
        using var loop = new GroupCommitLoop(file);
        loop.Fill(sids, payload);
        Run(seconds);
        return Run(seconds);

        double Run(double time)
        {
            var stored = 0L;
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed.TotalSeconds < time)
            {
                for (var at = 0; at + updates <= sids.Length; at += updates)
                {
                    loop.Update(sids.AsSpan(at, updates), payload);
                    stored += updates;
                }
            }

            return stored / clock.Elapsed.TotalSeconds;
        }
    }

    /// <summary>
    /// Each caller reads a session of its own and stores it, provided that no one else has: what the middleware does for a request that
    /// writes.
    /// </summary>
    private static async Task<double> StoreAsync(string file, string[] sids, string payload, int callers, double seconds)
    {
        await using var store = new SqliteSessionStore(new SqliteSessionStoreOptions { ConnectionString = file });
        var bytes = Encoding.UTF8.GetBytes(payload);
        foreach (var sid in sids)
        {
            await store.SetAsync(sid, Record(bytes));
        }

        await RunAsync(store, sids, bytes, callers, seconds);
        return await RunAsync(store, sids, bytes, callers, seconds);
    }

    private static async Task<double> RunAsync(SqliteSessionStore store, string[] sids, byte[] payload, int callers, double seconds)
    {
        var clock = Stopwatch.StartNew();
        var stored = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller))));
        return stored.Sum() / clock.Elapsed.TotalSeconds;

        async Task<long> CallAsync(int caller)
        {
            var count = 0L;
            for (var at = caller; clock.Elapsed.TotalSeconds < seconds; at = (at + callers) % sids.Length)
            {
                var found = await store.GetAsync(sids[at]);
                if (await store.TrySetAsync(sids[at], Record(payload), found) != ConditionalSetResult.Stored)
                {
                    throw new InvalidOperationException("A session is not there, or not the caller's own.");
                }

                count++;
            }

            return count;
        }
    }

    private static SessionRecord Record(byte[] payload) => SessionRecord.TakeOwnership(payload, Floor.Expires());
}
