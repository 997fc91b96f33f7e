namespace ServerSessions.Benchmarks.Growth;

/// <summary>The system's clock, which can be put forward: sessions expire without a wait, and timers run as ever.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long _ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));

    public void Forward(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
