namespace ServerSessions.Stores.Moving.Tests.Simulation;

/// <summary>A clock that a history moves on. Its elapsed time does not follow the part that is set.</summary>
internal sealed class SimClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SimClock? _truth;
    private TimeSpan _passed;
    private TimeSpan _offset;

    public SimClock(SimClock? truth = null) => _truth = truth;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    private TimeSpan Passed => _truth?._passed ?? _passed;

    public override DateTimeOffset GetUtcNow() => Start + Passed + _offset;

    public override long GetTimestamp() => Passed.Ticks;

    public void Advance(TimeSpan by) => _passed += by;

    /// <summary>Sets the clock of one instance: it is wrong by this from now on.</summary>
    public void BeWrongBy(TimeSpan offset) => _offset = offset;
}
