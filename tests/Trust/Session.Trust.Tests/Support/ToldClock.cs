namespace ServerSessions.Trust.Tests.Support;

/// <summary>
/// A clock that shows what it is told, backwards as well. Timers that are due from the start never fire: stores prune when the test says
/// so.
/// </summary>
internal sealed class ToldClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
