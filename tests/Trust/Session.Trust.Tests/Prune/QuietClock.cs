namespace Session.Trust.Tests.Prune;

/// <summary>The system's clock, or one that is behind it; no timer of a store fires, so that what is removed is what the test has removed.</summary>
internal sealed class QuietClock(TimeSpan behind = default) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - behind;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
