using System.Diagnostics;

namespace ServerSessions.Stores.Tests;

public sealed class CallDeadlineTests
{
    [Fact]
    public async Task A_wait_for_the_deadline_never_ends_before_it()
    {
        // Real time, because the clock of timers is coarser than the clock of deadlines.
        var waits = Enumerable
            .Range(1, 200)
            .Select(static async wait =>
            {
                var deadline = CallDeadline.In(TimeSpan.FromMilliseconds(20) + TimeSpan.FromMicroseconds(wait * 13));
                await deadline.PassAsync(TestContext.Current.CancellationToken);
                return Stopwatch.GetTimestamp() - deadline.Timestamp;
            });

        Assert.All(await Task.WhenAll(waits), static late => Assert.True(late >= 0, $"{late} ticks"));
    }

    [Fact]
    public async Task A_task_that_ends_in_time_passes_on_its_result_and_its_exception()
    {
        var deadline = CallDeadline.In(TimeSpan.FromMinutes(5));

        Assert.Equal(7, await deadline.WaitAsync(Task.FromResult(7), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() =>
            deadline.WaitAsync(Task.FromException<int>(new InvalidTimeZoneException()), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_task_that_does_not_end_is_a_timeout_and_a_cancelled_wait_is_a_cancellation()
    {
        var never = new TaskCompletionSource<int>();
        await Assert.ThrowsAsync<TimeoutException>(() =>
            CallDeadline.In(TimeSpan.Zero).WaitAsync(never.Task, TestContext.Current.CancellationToken)
        );

        using var cancelling = new CancellationTokenSource();
        var waiting = CallDeadline.In(TimeSpan.FromMinutes(5)).WaitAsync(never.Task, cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_timeout_of_any_length_is_a_wait_and_no_error()
    {
        foreach (var timeout in new[] { TimeSpan.MaxValue, TimeSpan.FromDays(36500), TimeSpan.FromDays(60) })
        {
            var deadline = CallDeadline.In(timeout);
            Assert.InRange(deadline.Remaining, TimeSpan.FromDays(59), TimeSpan.MaxValue);

            var ends = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            var waiting = deadline.WaitAsync(ends.Task, TestContext.Current.CancellationToken);
            ends.SetResult(7);
            Assert.Equal(7, await waiting);
        }

        Assert.Equal(TimeSpan.Zero, CallDeadline.In(TimeSpan.MinValue).Remaining);
    }

    [Fact]
    public void What_is_left_is_never_negative()
    {
        Assert.Equal(TimeSpan.Zero, CallDeadline.In(TimeSpan.FromSeconds(-1)).Remaining);
        Assert.InRange(CallDeadline.In(TimeSpan.FromMinutes(5)).Remaining, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }
}
