namespace ServerSessions.Stores.Tests.Pruning;

public sealed class PruneTimerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    public async Task After_a_full_batch_the_next_begins_no_earlier_than_the_multiple_of_what_that_took(int rest)
    {
        var (clock, pace) = (new ManualClock(), new ManualClock());
        var batches = new Queue<(TimeSpan Takes, int Removes)>([
            (TimeSpan.FromMilliseconds(30), 10),
            (TimeSpan.FromSeconds(2), 10),
            (TimeSpan.FromMilliseconds(1), 3),
        ]);
        var logger = new SignallingLogger<PruneTimer>();
        await using var timer = new PruneTimer(
            (_, _) =>
            {
                var (takes, removes) = batches.Dequeue();
                pace.Advance(takes);
                return ValueTask.FromResult(removes);
            },
            new PruneSchedule(Interval, Batch: 10, rest),
            clock,
            logger,
            pace
        );
        timer.Start();
        (await clock.ArmedAsync()).Fire();

        foreach (var (left, took) in new[] { (2, TimeSpan.FromMilliseconds(30)), (1, TimeSpan.FromSeconds(2)) })
        {
            var (due, fire) = await pace.ArmedAsync();
            Assert.Equal(rest * took, due);
            Assert.Equal(left, batches.Count);
            pace.Advance(due);
            fire();
        }

        // The last was not full: nothing is left, and no rest is needed before the next interval.
        await logger.EventAsync("Pruned");
        Assert.StartsWith("Pruned: Removed 23 expired sessions.", Assert.Single(logger.Messages), StringComparison.Ordinal);
        Assert.Equal(2, pace.Armed);
        Assert.InRange((await clock.ArmedAsync()).Due, Interval * 0.5, Interval * 1.5);
    }
}
