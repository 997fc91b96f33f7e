using System.Diagnostics;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>The instant at which a call without a reply fails. Real, monotonic time.</summary>
internal readonly struct CallDeadline
{
    private CallDeadline(long timestamp) => Timestamp = timestamp;

    /// <summary>In units of <see cref="Stopwatch"/>.</summary>
    public long Timestamp { get; }

    public TimeSpan Remaining
    {
        get
        {
            var left = Timestamp - Stopwatch.GetTimestamp();
            return left <= 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(0, left);
        }
    }

    public static CallDeadline In(TimeSpan time) => new(Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));

    /// <summary>Ends when the deadline has passed. A timer alone may fire milliseconds early: its clock is coarser than this one.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        while (Remaining is var left && left > TimeSpan.Zero)
        {
            await Task.Delay((int)Math.Ceiling(left.TotalMilliseconds), cancellationToken).ConfigureAwait(false);
        }
    }
}
