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
        Assert.StartsWith("Pruned: Removed 23 expired records.", Assert.Single(logger.Messages), StringComparison.Ordinal);
        Assert.Equal(2, pace.Armed);
        Assert.InRange((await clock.ArmedAsync()).Due, Interval * 0.5, Interval * 1.5);
    }

    [Fact]
    public async Task A_store_that_blocks_the_thread_does_not_block_the_caller_of_the_disposal()
    {
        var clock = new ManualClock();
        using var release = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = Timer(clock, _ =>
        {
            begun.SetResult();
            release.Wait(CancellationToken.None);
            return ValueTask.FromResult(0);
        });
        timer.Start();
        var fired = Task.Run((await clock.ArmedAsync()).Fire, Cancel);
        await begun.Task.WaitAsync(Minute, Cancel);
        try
        {
            var disposals = await Task.Run(() => (timer.DisposeAsync().AsTask(), timer.DisposeAsync().AsTask()), Cancel)
                .WaitAsync(Minute, Cancel);

            // Each disposal completes once no run is in progress, also the second.
            Assert.False(disposals.Item1.IsCompleted);
            Assert.False(disposals.Item2.IsCompleted);
            release.Set();
            await Task.WhenAll(disposals.Item1, disposals.Item2).WaitAsync(Minute, Cancel);
        }
        finally
        {
            release.Set();
            await fired;
        }
    }

    [Fact]
    public async Task A_run_that_the_store_cancels_by_itself_is_logged_as_a_failure()
    {
        var clock = new ManualClock();
        var logger = new SignallingLogger<PruneTimer>();
        await using var timer = Timer(clock, static _ => throw new OperationCanceledException("The driver gave up."), logger);
        timer.Start();
        (await clock.ArmedAsync()).Fire();

        // Armed again: the run has ended.
        await clock.ArmedAsync();
        Assert.Equal(1, logger.Count("PruneFailed"));
    }

    [Fact]
    public async Task A_store_that_fails_when_it_is_cancelled_does_not_end_the_disposal_before_the_run()
    {
        var clock = new ManualClock();
        var release = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = Timer(clock, stopping =>
        {
            stopping.Register(static () => throw new InvalidTimeZoneException());
            return new ValueTask<int>(release.Task);
        });
        timer.Start();
        (await clock.ArmedAsync()).Fire();

        var disposal = timer.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        release.SetResult(0);
        var error = await Assert.ThrowsAsync<AggregateException>(() => disposal.WaitAsync(Minute, Cancel));
        Assert.IsType<InvalidTimeZoneException>(error.InnerException);
    }

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static PruneTimer Timer(
        ManualClock clock,
        Func<CancellationToken, ValueTask<int>> prune,
        SignallingLogger<PruneTimer>? logger = null
    ) =>
        new(
            (_, stopping) => prune(stopping),
            new PruneSchedule(Interval, Batch: 10),
            clock,
            logger ?? new SignallingLogger<PruneTimer>()
        );
}
