namespace ServerSessions.Conformance;

/// <summary>The system's clock, moved on by what the backend's clock was moved.</summary>
internal sealed class OffsetClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _offset));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
