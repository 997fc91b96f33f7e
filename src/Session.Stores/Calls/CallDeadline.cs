using System.Diagnostics;

namespace ServerSessions.Stores;

/// <summary>
/// The instant at which a call of a store fails if its backend has not replied: the store's <c>OperationTimeout</c> after the call's begin.
/// In real, monotonic time, because a backend works in it.
/// </summary>
public readonly struct CallDeadline : IEquatable<CallDeadline>
{
    // The longest time of a timer of .NET, in milliseconds: 49 days.
    private const uint LongestTimer = uint.MaxValue - 1;

    private CallDeadline(long timestamp) => Timestamp = timestamp;

    /// <summary>Gets the instant, in units of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long Timestamp { get; }

    /// <summary>Gets the time that is left; zero once the deadline has passed.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = Timestamp - Stopwatch.GetTimestamp();
            return left <= 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(0, left);
        }
    }

    /// <summary>Returns the deadline of a call that begins now.</summary>
    /// <param name="timeout">The time from now. One that is longer than the clock can count is a deadline that never passes.</param>
    /// <returns>The deadline.</returns>
    public static CallDeadline In(TimeSpan timeout)
    {
        var now = Stopwatch.GetTimestamp();

        // The conversion of a number that is too great returns the greatest one. A time before now is now.
        var ticks = Math.Max(0, (long)(timeout.TotalSeconds * Stopwatch.Frequency));
        return new CallDeadline(ticks > long.MaxValue - now ? long.MaxValue : now + ticks);
    }

    /// <summary>
    /// Waits for a task of a driver until the deadline. The task continues after it, and its exception counts as observed.
    /// </summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="running">The task.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The result.</returns>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<T> WaitAsync<T>(Task<T> running, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(running);
        try
        {
            // No call takes as long as the longest timer.
            var left = TimeSpan.FromMilliseconds(Math.Min(Remaining.TotalMilliseconds, LongestTimer));
            return await running.WaitAsync(left, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Abandon(running);
        }
    }

    /// <summary>Ends when the deadline has passed. A timer alone may fire milliseconds early: its clock is coarser than this one.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes at the deadline or later.</returns>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        while (Remaining is var left && left > TimeSpan.Zero)
        {
            await Task.Delay((int)Math.Ceiling(left.TotalMilliseconds), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Observes the exception of a task that no caller awaits any more. Does nothing if the task has succeeded.</summary>
    /// <param name="running">The task; <see langword="null"/> for none.</param>
    public static void Abandon(Task? running)
    {
        if (running is { IsCompletedSuccessfully: false })
        {
            running.ContinueWith(
                static ended => _ = ended.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        }
    }

    /// <inheritdoc/>
    public bool Equals(CallDeadline other) => Timestamp == other.Timestamp;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CallDeadline other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Timestamp.GetHashCode();

    /// <summary>Returns whether two deadlines are the same instant.</summary>
    /// <param name="left">A deadline.</param>
    /// <param name="right">Another deadline.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(CallDeadline left, CallDeadline right) => left.Equals(right);

    /// <summary>Returns whether two deadlines are different instants.</summary>
    /// <param name="left">A deadline.</param>
    /// <param name="right">Another deadline.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(CallDeadline left, CallDeadline right) => !left.Equals(right);
}
