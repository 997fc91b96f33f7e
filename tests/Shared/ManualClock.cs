using System.Threading.Channels;

namespace ServerSessions.Testing;

/// <summary>A clock whose timers fire when the test says so, and that tells of each that is armed.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Channel<(TimeSpan Due, Action Fire)> _armed = Channel.CreateUnbounded<(TimeSpan, Action)>();
    private long _ticks;

    /// <summary>How many timers were armed in all.</summary>
    public int Armed { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    /// <summary>Waits for the next timer that is armed: after how long it is to fire, and what fires it.</summary>
    public async Task<(TimeSpan Due, Action Fire)> ArmedAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromMinutes(1));
        return await _armed.Reader.ReadAsync(timeout.Token);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualClock clock, Action fire) : ITimer
    {
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                clock.Armed++;
                clock._armed.Writer.TryWrite((dueTime, FireUnlessDisposed));
            }

            return true;
        }

        private void FireUnlessDisposed()
        {
            if (!_disposed)
            {
                fire();
            }
        }

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
