using System.Globalization;

namespace ServerSessions.Conformance;

/// <summary>What came of <see cref="SessionHistory.Judge"/>. No violation is no proof: other interleavings were not seen.</summary>
public sealed record HistoryVerdict
{
    private HistoryVerdict() { }

    /// <summary>The number of sessions, each of which is a history of its own.</summary>
    public int Histories { get; private init; }

    /// <summary>The number of calls on them.</summary>
    public long Calls { get; private init; }

    /// <summary>The number of calls whose outcome is unknown.</summary>
    public long UnknownOutcomes { get; private init; }

    /// <summary>The number of states that the search has visited: its cost.</summary>
    public long StatesVisited { get; private init; }

    /// <summary>
    /// The number of sessions that were given up: more than <see cref="SessionHistoryOptions.MaxStates"/>, 64 calls at the same time, or
    /// 128 calls of unknown outcome.
    /// </summary>
    public int Undecided { get; private init; }

    /// <summary>The violations; at most one for each session.</summary>
    public IReadOnlyList<HistoryViolation> Violations { get; private init; } = [];

    /// <summary>Returns the sum of several verdicts.</summary>
    /// <param name="verdicts">The verdicts.</param>
    /// <returns>One verdict on all their sessions.</returns>
    public static HistoryVerdict Of(IReadOnlyCollection<HistoryVerdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        return new()
        {
            Histories = verdicts.Sum(static verdict => verdict.Histories),
            Calls = verdicts.Sum(static verdict => verdict.Calls),
            UnknownOutcomes = verdicts.Sum(static verdict => verdict.UnknownOutcomes),
            StatesVisited = verdicts.Sum(static verdict => verdict.StatesVisited),
            Undecided = verdicts.Sum(static verdict => verdict.Undecided),
            Violations = [.. verdicts.SelectMany(static verdict => verdict.Violations)],
        };
    }

    /// <summary>Returns the verdict as a sentence.</summary>
    /// <returns><c>No violation in 12 histories (340 calls, 3 of unknown outcome; 410 states visited)</c>.</returns>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Violations.Count == 0 ? "No violation" : $"{Violations.Count} violations")} in {Histories:N0} histories "
                + $"({Calls:N0} calls, {UnknownOutcomes:N0} of unknown outcome; {StatesVisited:N0} states visited"
                + $"{(Undecided == 0 ? "" : $"; {Undecided:N0} undecided")})"
        );

    internal static HistoryVerdict Of(IReadOnlyList<HistoryOutcome> outcomes) =>
        new()
        {
            Histories = outcomes.Count,
            Calls = outcomes.Sum(static outcome => (long)outcome.Calls),
            UnknownOutcomes = outcomes.Sum(static outcome => (long)outcome.Unknown),
            StatesVisited = outcomes.Sum(static outcome => outcome.States),
            Undecided = outcomes.Count(static outcome => outcome.IsUndecided),
            Violations = [.. outcomes.Select(static outcome => outcome.Violation).OfType<HistoryViolation>()],
        };
}
