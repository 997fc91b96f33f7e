namespace ServerSessions.Conformance;

/// <summary>
/// How one case ended, with all that a reader needs to understand it. Its texts may come from the store: what cannot be printed, such as an
/// escape character, stands in them as <c>\u001b</c>; lines end with a line feed.
/// </summary>
public sealed record CaseResult
{
    /// <summary>The case.</summary>
    public required ConformanceCase Case { get; init; }

    /// <summary>How it ended.</summary>
    public required CaseOutcome Outcome { get; init; }

    /// <summary>Why, in a sentence; empty where it passed.</summary>
    public string Message
    {
        get;
        init => field = PrintableText.Of(value);
    } = "";

    /// <summary>What was expected and what was seen, each pair.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The calls with relative times; session ids appear as letters.</summary>
    public IReadOnlyList<string> Transcript
    {
        get;
        init => field = [.. value.Select(PrintableText.Of)];
    } = [];

    /// <summary>The exception of the store or the harness as text, with its stack; empty where there was none.</summary>
    public string Error
    {
        get;
        init => field = PrintableText.Of(value);
    } = "";

    /// <summary>Real time.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether it counts against the store or its harness.</summary>
    public bool IsFailure =>
        Outcome
            is CaseOutcome.Failed
                or CaseOutcome.WrongException
                or CaseOutcome.Crashed
                or CaseOutcome.TimedOut
                or CaseOutcome.WaiverStale
                or CaseOutcome.Blocked
                or CaseOutcome.HarnessError;
}
