namespace ServerSessions.Stores;

/// <summary>The outcome of a <see cref="StoreCheck"/>.</summary>
public enum StoreCheckOutcome
{
    /// <summary>It is as it should be.</summary>
    Passed,

    /// <summary>The store works, with a weakness.</summary>
    Warning,

    /// <summary>The store does not work, or loses sessions.</summary>
    Failed,

    /// <summary>The backend does not disclose it.</summary>
    Unknown,
}
