using System.Diagnostics;

namespace ServerSessions.Benchmarks.Growth.Measuring;

/// <summary>Expired sessions are removed while others are used.</summary>
/// <param name="Removed">Expired sessions of the last round: fewer than asked for where the budget did not suffice to store them.</param>
/// <param name="Took">The median time of a round.</param>
/// <param name="IdleGets">Gets of the same traffic while nothing is removed.</param>
/// <param name="IdleSets">Its sets.</param>
/// <param name="Gets">Gets during the removal.</param>
/// <param name="Sets">Sets during the removal.</param>
internal sealed record Pruning(long Removed, TimeSpan Took, Percentiles IdleGets, Percentiles IdleSets, Percentiles Gets, Percentiles Sets)
{
    /// <summary>Numbers that no live session has.</summary>
    private const long FirstExpired = 1L << 60;

    private static readonly TimeSpan SoonExpired = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestIdle = TimeSpan.FromSeconds(1);

    public static async Task<Pruning> MeasureAsync(
        GrowingStore store,
        IPrunableSessionStore pruning,
        SessionSource source,
        long sessions,
        GrowthOptions options
    )
    {
        var took = new List<double>();
        var expired = 0L;
        var (idle, during) = (new Traffic(store, source, sessions), new Traffic(store, source, sessions));
        await new Traffic(store, source, sessions).DuringAsync(static () => Task.Delay(ShortestIdle));
        for (var round = 0; round < options.Rounds && took.Sum() < options.Budget; round++)
        {
            expired =
                await Filling.StoreAsync(
                    store.Sessions,
                    source,
                    FirstExpired,
                    FirstExpired + options.Expired,
                    SoonExpired,
                    TimeSpan.FromSeconds(options.Budget)
                ) - FirstExpired;
            store.Clock.Forward(SoonExpired);

            // As long as the removal before, so that both meet as many of the machine's own pauses; and a second at least.
            var pause = TimeSpan.FromSeconds(Math.Max(ShortestIdle.TotalSeconds, took.LastOrDefault()));
            await idle.DuringAsync(() => Task.Delay(pause));
            await during.DuringAsync(async () =>
                took.Add((await RemoveAsync(pruning, store.PruneBatch, store.PruneRest, expired)).TotalSeconds)
            );
        }

        return new Pruning(
            expired,
            TimeSpan.FromSeconds(Figures.Median(took)),
            idle.Gets.ToPercentiles(),
            idle.Sets.ToPercentiles(),
            during.Gets.ToPercentiles(),
            during.Sets.ToPercentiles()
        );
    }

    /// <summary>
    /// As the store's own timer does: in batches until there is nothing left, with its rest after each, a millisecond at least.
    /// </summary>
    private static async Task<TimeSpan> RemoveAsync(IPrunableSessionStore store, int batch, int rest, long expected)
    {
        var clock = Stopwatch.StartNew();
        int removed;
        var total = 0L;
        do
        {
            var started = clock.Elapsed;
            total += removed = await store.PruneAsync(batch);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, rest * (clock.Elapsed - started).TotalMilliseconds)));
        } while (removed >= batch);

        return total == expected
            ? clock.Elapsed
            : throw new InvalidOperationException($"{expected} sessions had expired, {total} were removed.");
    }
}
