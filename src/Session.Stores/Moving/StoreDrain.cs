namespace ServerSessions.Stores;

/// <summary>How fast <see cref="StoreMove.DrainAsync"/> carries sessions.</summary>
public sealed class StoreDrainOptions
{
    /// <summary>The default of <see cref="SessionsPerSecond"/>, 500.</summary>
    public const int DefaultSessionsPerSecond = 500;

    /// <summary>Gets or sets the most sessions to carry in one second.</summary>
    /// <value>1 or more; 0 for no limit. Default 500.</value>
    public int SessionsPerSecond { get; set; } = DefaultSessionsPerSecond;

    /// <summary>Gets or sets the number of sessions that are carried at the same time.</summary>
    /// <value>1 to 64. Default 4.</value>
    public int Parallel { get; set; } = 4;
}

/// <summary>How far a drain has come.</summary>
public sealed class StoreDrainProgress
{
    internal StoreDrainProgress(long found, long moved, long left, TimeSpan elapsed) =>
        (Found, Moved, Left, Elapsed) = (found, moved, left, elapsed);

    /// <summary>Gets the number of sessions that the source held when the drain began. Others may end or begin meanwhile.</summary>
    public long Found { get; }

    /// <summary>Gets the number of sessions that this drain has carried.</summary>
    public long Moved { get; }

    /// <summary>Gets the number of sessions that could not be carried in the current pass.</summary>
    public long Left { get; }

    /// <summary>Gets the time since the drain began.</summary>
    public TimeSpan Elapsed { get; }
}

/// <summary>The result of a drain.</summary>
public sealed class StoreDrainResult
{
    internal StoreDrainResult(long moved, long left, Exception? failure) => (Moved, Left, Failure) = (moved, left, failure);

    /// <summary>Gets the number of sessions that this drain has carried.</summary>
    public long Moved { get; }

    /// <summary>Gets the number of sessions that the source still holds. Zero: the last pass has found none.</summary>
    public long Left { get; }

    /// <summary>Gets the error of the last session that could not be carried; <see langword="null"/> if there is none.</summary>
    public Exception? Failure { get; }
}
