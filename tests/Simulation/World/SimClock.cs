namespace ServerSessions.Simulation.World;

/// <summary>A clock that goes on only when a timer is due, to that instant.</summary>
internal sealed class SimClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<SimTimer> _timers = [];
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + _passed;

    public override long GetTimestamp() => _passed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes on to the next timer and fires it.</summary>
    /// <param name="within">Only if it is due within this time.</param>
    /// <returns>Whether there was one.</returns>
    public bool FireNext(TimeSpan within)
    {
        var next = _timers.MinBy(static timer => timer.Due);
        if (next is null || next.Due - _passed > within)
        {
            return false;
        }

        _timers.Remove(next);
        _passed = next.Due > _passed ? next.Due : _passed;
        next.Fire();
        return true;
    }

    private sealed class SimTimer(SimClock clock, TimerCallback callback, object? state) : ITimer
    {
        // The library's random delays are shorter. Their length shall not decide anything, or a seed would not replay.
        private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

        public TimeSpan Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._timers.Remove(this);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Due = clock._passed + (dueTime < Short ? TimeSpan.FromMilliseconds(1) : dueTime);
                clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
