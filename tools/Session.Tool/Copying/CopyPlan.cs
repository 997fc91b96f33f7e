using ServerSessions.Tool.Opening;

namespace ServerSessions.Tool.Copying;

/// <summary>What is copied, and how.</summary>
internal sealed record CopyPlan
{
    public required OpenedStore Source { get; init; }

    public required OpenedStore Target { get; init; }

    /// <summary>How many sessions are copied at once.</summary>
    public required int Parallel { get; init; }

    /// <summary>After how many sessions the checkpoint is flushed.</summary>
    public required int Batch { get; init; }

    /// <summary>The most sessions a second; 0 for no limit.</summary>
    public required double Rate { get; init; }

    /// <summary>How often a call is repeated that may succeed later.</summary>
    public required int Retries { get; init; }

    /// <summary>Whether a session of the target that expires earlier is replaced.</summary>
    public required bool OverwriteOlder { get; init; }

    /// <summary>Whether nothing is written.</summary>
    public required bool IsDryRun { get; init; }

    /// <summary>Whether what this copy created, and the source no longer has, is removed from the target.</summary>
    public required bool IsFinal { get; init; }
}
