using System.Threading.Channels;

namespace ServerSessions.Stores.Tests;

public sealed class ReachabilityWatchTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_probe_that_fails_in_any_way_is_followed_by_another_until_the_backend_is_found()
    {
        var failures = new Queue<Exception>([
            new SessionStoreUnavailableException("away", SessionStoreOperation.Open, "Box"),
            new InvalidTimeZoneException("of the driver"),
            new OperationCanceledException("of the driver"),
        ]);
        var changes = Channel.CreateUnbounded<bool>();
        await using var watch = new ReachabilityWatch(
            _ => failures.TryDequeue(out var failure) ? throw failure : Task.CompletedTask,
            isReachable => changes.Writer.TryWrite(isReachable)
        );
        watch.Lost();

        Assert.False(await changes.Reader.ReadAsync(Cancel).AsTask().WaitAsync(Minute, Cancel));
        Assert.True(await changes.Reader.ReadAsync(Cancel).AsTask().WaitAsync(Minute, Cancel));
        Assert.Empty(failures);
    }

    [Fact]
    public async Task A_log_that_fails_does_not_keep_the_watch_from_probing()
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var watch = new ReachabilityWatch(
            static _ => Task.CompletedTask,
            isReachable =>
            {
                if (!isReachable)
                {
                    throw new IOException("The log is full.");
                }

                found.TrySetResult();
            }
        );
        Assert.Throws<IOException>(watch.Lost);

        await found.Task.WaitAsync(Minute, Cancel);
    }

    [Fact]
    public async Task Each_disposal_waits_for_the_probe_in_progress()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = new ReachabilityWatch(
            _ =>
            {
                begun.TrySetResult();
                return release.Task;
            },
            static _ => { }
        );
        watch.Lost();
        await begun.Task.WaitAsync(Minute, Cancel);

        Task[] disposals = [watch.DisposeAsync().AsTask(), watch.DisposeAsync().AsTask()];
        Assert.All(disposals, static disposal => Assert.False(disposal.IsCompleted));
        release.SetResult();
        await Task.WhenAll(disposals).WaitAsync(Minute, Cancel);
    }
}
