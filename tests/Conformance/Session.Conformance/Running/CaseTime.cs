namespace ServerSessions.Conformance;

/// <summary>Time for cases, with any <see cref="StoreTime"/>: now, a short lifetime, and how time passes.</summary>
internal sealed class CaseTime
{
    // Ahead of any wall clock, and neither at midnight nor at a full second: a store that mixes clocks or truncates is seen.
    private static readonly DateTimeOffset VirtualStart = new(2061, 3, 7, 5, 41, 23, 456, TimeSpan.Zero);

    private readonly SessionStoreHarness _harness;
    private readonly TimeProvider _clock;

    public CaseTime(SessionStoreHarness harness)
    {
        _harness = harness;
        Mode = harness.Time;
        _clock = Mode switch
        {
            StoreTime.Virtual => new ManualClock(VirtualStart),
            StoreTime.Backend => new OffsetClock(),
            _ => TimeProvider.System,
        };
    }

    public StoreTime Mode { get; }

    public TimeProvider Clock => _clock;

    public TimeSpan Granularity => _harness.Settings.Granularity;

    public TimeSpan Slack => _harness.Settings.ClockSlack;

    /// <summary>Now, with whole milliseconds.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var now = _clock.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        }
    }

    /// <summary>A lifetime that is short for the clock that decides; doubled with every further attempt if it is waited for.</summary>
    public TimeSpan ShortLife(int attempt)
    {
        if (Mode != StoreTime.Real)
        {
            return TimeSpan.FromMinutes(10);
        }

        var shortest = _harness.Settings.ShortestLife;
        var coarse = Granularity * 4;
        return (shortest > coarse ? shortest : coarse) * (1 << attempt);
    }

    public async Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken)
    {
        switch (_clock)
        {
            case ManualClock manual:
                manual.Advance(by);
                break;
            case OffsetClock offset:
                await HarnessException.GuardAsync("AdvanceAsync", () => _harness.AdvanceAsync(by, cancellationToken));
                offset.Advance(by);
                break;
            default:
                // Timers may fire a little early.
                await Task.Delay(by + TimeSpan.FromMilliseconds(1), cancellationToken);
                break;
        }
    }

    /// <summary>Waits until no clock that decides can still be before an instant.</summary>
    public async Task PassAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        var end = instant + Granularity + (Mode == StoreTime.Virtual ? TimeSpan.Zero : Slack);
        while (_clock.GetUtcNow() < end)
        {
            await AdvanceAsync(end - _clock.GetUtcNow(), cancellationToken);
        }
    }
}
