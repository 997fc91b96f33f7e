namespace ServerSessions.Stores.File.Connection;

/// <summary>The writes of one 256th of all sessions in this process: one at a time, so that one file lock serves them.</summary>
internal sealed class Stripe
{
    private volatile bool _isLockedOut;

    /// <summary>The turn of one write.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Whether the write whose turn it is waits for another process's lock.</summary>
    public bool IsLockedOut
    {
        get => _isLockedOut;
        set => _isLockedOut = value;
    }

    /// <summary>
    /// Pauses before the next attempt to take the lock: 1 to 11 ms, random so that processes do not collide again. Real time and not
    /// TimeProvider, because another process's lock ends in real time.
    /// </summary>
    public static Task PauseAsync(int refusals, CancellationToken cancellationToken)
    {
        var most = Math.Min(1 << Math.Min(refusals, 4), 10);
        return Task.Delay(TimeSpan.FromMilliseconds(1 + (Random.Shared.NextDouble() * most)), cancellationToken);
    }

    /// <summary>Ends the turn once the write has ended.</summary>
    public void ReleaseAfter(Task write)
    {
        if (write.IsCompleted)
        {
            Turn.Release();
        }
        else
        {
            write.ContinueWith(
                static (_, stripe) => ((Stripe)stripe!).Turn.Release(),
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        }
    }
}
