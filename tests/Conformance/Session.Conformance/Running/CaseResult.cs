namespace ServerSessions.Conformance;

/// <summary>
/// The result of one case, with what a reader needs to understand it. Its texts may come from the store: characters that cannot be
/// printed, such as an escape character, appear as <c>\u001b</c>. Lines end with a line feed.
/// </summary>
public sealed record CaseResult
{
    /// <summary>The case.</summary>
    public required ConformanceCase Case { get; init; }

    /// <summary>The outcome.</summary>
    public required CaseOutcome Outcome { get; init; }

    /// <summary>The reason of the outcome as a sentence; empty if the case passed.</summary>
    public string Message
    {
        get;
        init => field = PrintableText.Of(value);
    } = "";

    /// <summary>The findings: pairs of what was expected and what was observed.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The calls with relative times; session ids appear as letters.</summary>
    public IReadOnlyList<string> Transcript
    {
        get;
        init => field = [.. value.Select(PrintableText.Of)];
    } = [];

    /// <summary>The exception of the store or the harness as text, with its stack; empty if there was none.</summary>
    public string Error
    {
        get;
        init => field = PrintableText.Of(value);
    } = "";

    /// <summary>The duration of the case in real time.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether the harness says why the case cannot be tried: <see cref="SessionStoreHarness.NotTried"/>.</summary>
    internal bool HasReason { get; init; }

    /// <summary>Whether the result counts against the store or its harness.</summary>
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
