using System.Globalization;
using Spectre.Console;

namespace ServerSessions.Conformance.Tool.Output;

/// <summary>A line for each group of cases, written when its last case has ended. Cases of a group may end apart.</summary>
internal sealed class GroupLines(IAnsiConsole console, IReadOnlyList<ConformanceCase> cases, Action<CaseResult> each)
    : IProgress<CaseResult>
{
    private readonly Dictionary<string, int> _open = cases.CountBy(static item => item.Group).ToDictionary(StringComparer.Ordinal);
    private readonly List<CaseResult> _results = [];

    public static string Words(CaseOutcome outcome) =>
        outcome switch
        {
            CaseOutcome.NotDeclared => "not declared",
            CaseOutcome.WrongException => "wrong exception",
            CaseOutcome.TimedOut => "timed out",
            CaseOutcome.WaiverStale => "waiver stale",
            CaseOutcome.HarnessError => "harness error",
            _ => outcome.ToString().ToLowerInvariant(),
        };

    public void Report(CaseResult value)
    {
        each(value);
        _results.Add(value);
        var group = value.Case.Group;
        if (--_open[group] > 0)
        {
            return;
        }

        var results = _results.Where(result => result.Case.Group == group).ToArray();
        if (results.All(static result => result.Outcome == CaseOutcome.Blocked))
        {
            // The preflight has said it.
            return;
        }

        var failed = results
            .Where(static result => result.IsFailure && result.Outcome != CaseOutcome.Blocked)
            .Select(static result => result.Case.Id)
            .ToArray();
        var counts = results
            .CountBy(static result => result.Outcome)
            .OrderBy(static pair => pair.Key)
            .Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} {Words(pair.Key)}"));
        var line = $"  {group,-5}{string.Join(", ", counts)}{(failed.Length > 0 ? $": {string.Join(", ", failed)}" : "")}";
        console.WriteHanging(
            line,
            indent: 7,
            failed.Length > 0 ? new Style(Color.Red)
                : results.Any(static result => result.Outcome == CaseOutcome.Passed) ? new Style(Color.Green)
                : new Style(decoration: Decoration.Dim)
        );
    }
}
