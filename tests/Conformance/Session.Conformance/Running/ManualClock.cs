namespace ServerSessions.Conformance;

/// <summary>A clock that stands still until it is moved, and then runs the timers that are due, in order, on the mover's thread.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private TimeSpan _elapsed;

    /// <summary>The timers that would still fire: those that a store has not disposed.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count(static timer => timer.Due != Timeout.InfiniteTimeSpan);
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _elapsed.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        TimeSpan target;
        lock (_lock)
        {
            target = _elapsed + by;
        }

        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _now += target - _elapsed;
            _elapsed = target;
        }
    }

    /// <summary>Sets the time of day back, as an administrator does; elapsed time and timers do not notice.</summary>
    public void StepBack(TimeSpan by)
    {
        lock (_lock)
        {
            _now -= by;
        }
    }

    private ManualTimer? TakeDue(TimeSpan until)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.Due != Timeout.InfiniteTimeSpan && timer.Due <= until).MinBy(static timer => timer.Due);
            if (next is not null)
            {
                var due = next.Due > _elapsed ? next.Due : _elapsed;
                _now += due - _elapsed;
                _elapsed = due;
                next.Due = next.Period > TimeSpan.Zero ? due + next.Period : Timeout.InfiniteTimeSpan;
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        /// <summary>In elapsed time; infinite: never. Under the clock's lock, as the period.</summary>
        public TimeSpan Due { get; set; } = Timeout.InfiniteTimeSpan;

        public TimeSpan Period { get; private set; } = Timeout.InfiniteTimeSpan;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                clock._timers.Add(this);
                Due = dueTime == Timeout.InfiniteTimeSpan ? dueTime : clock._elapsed + dueTime;
                Period = period;
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
