namespace Session.Conformance;

/// <summary>How one case ended, with all that a reader needs to understand it.</summary>
public sealed record CaseResult
{
    /// <summary>The case.</summary>
    public required ConformanceCase Case { get; init; }

    /// <summary>How it ended.</summary>
    public required CaseOutcome Outcome { get; init; }

    /// <summary>Why, in a sentence; empty where it passed.</summary>
    public string Message { get; init; } = "";

    /// <summary>What was expected and what was seen, each pair.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The calls with relative times; session ids appear as letters.</summary>
    public IReadOnlyList<string> Transcript { get; init; } = [];

    /// <summary>The exception of the store or the harness as text, with its stack; empty where there was none.</summary>
    public string Error { get; init; } = "";

    /// <summary>Real time.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether it counts against the store or its harness.</summary>
    public bool IsFailure => Outcome is CaseOutcome.Failed or CaseOutcome.WrongException or CaseOutcome.Crashed or CaseOutcome.TimedOut
        or CaseOutcome.WaiverStale or CaseOutcome.Blocked or CaseOutcome.HarnessError;
}
