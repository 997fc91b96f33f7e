namespace ServerSessions.Conformance;

/// <summary>What <see cref="SessionHistory"/> must know of a store to judge it.</summary>
public sealed record SessionHistoryOptions
{
    /// <summary>The clock of the calls: the one that the store uses, or one that shows the same time.</summary>
    /// <value>Default: the system's.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The multiple to which the store rounds an expiry up; see <see cref="HarnessSettings.Granularity"/>.</summary>
    /// <value>1 millisecond to 1 second. Default 1 millisecond.</value>
    public TimeSpan Granularity { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// The tolerated difference between <see cref="Clock"/> and the clock of the backend; see <see cref="HarnessSettings.ClockSlack"/>.
    /// </summary>
    /// <value>Zero or more. Default zero.</value>
    public TimeSpan ClockSlack { get; init; }

    /// <summary>The fidelity with which the store returns payloads.</summary>
    /// <value>Default <see cref="PayloadFidelity.Bytes"/>.</value>
    public PayloadFidelity Fidelity { get; init; } = PayloadFidelity.Bytes;

    /// <summary>The lifetime of sessions that are stored or touched without an expiry.</summary>
    /// <value>Default one hour.</value>
    public TimeSpan DefaultLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The most states that the search visits for one session. A session that needs more is <see cref="HistoryVerdict.Undecided"/>.
    /// </summary>
    /// <value>1 or more. Default 1,000,000.</value>
    public int MaxStates { get; init; } = 1_000_000;

    internal static SessionHistoryOptions Of(SessionStoreHarness harness, StoreRequest request) =>
        new()
        {
            Clock = request.Clock,
            Granularity = harness.Settings.Granularity,
            ClockSlack = harness.Settings.ClockSlack,
            Fidelity = harness.Settings.Fidelity,
            DefaultLifetime = harness.Settings.DefaultLifetime ?? request.DefaultLifetime,
        };
}
