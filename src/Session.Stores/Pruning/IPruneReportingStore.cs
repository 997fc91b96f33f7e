namespace ServerSessions.Stores;

/// <summary>
/// A store that prunes with its own timer and reports each run, for metrics and health checks. A <see cref="PruneTimer"/> has both members.
/// </summary>
public interface IPruneReportingStore : IPrunableSessionStore
{
    /// <summary>
    /// Occurs when a run of the store's timer has ended. Raised on a pool thread, one run after the other. Handlers must be quick.
    /// </summary>
    event EventHandler<PruneRun>? Pruned;

    /// <summary>
    /// The mean time between two runs; <see cref="Timeout.InfiniteTimeSpan"/> if the store does not prune. Never changes.
    /// </summary>
    TimeSpan PruneInterval { get; }
}

/// <summary>A run of a <see cref="PruneTimer"/>, with all its batches.</summary>
public readonly struct PruneRun
{
    /// <summary>The number of sessions that were removed; 0 or more.</summary>
    public int Removed { get; init; }

    /// <summary>How long the run took, with its pauses.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether a batch failed, which ended the run.</summary>
    public bool HasFailed { get; init; }
}
