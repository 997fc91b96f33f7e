using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>The report as Markdown.</summary>
internal static class MarkdownReport
{
    public static string Write(ConformanceReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Inline(report.StoreName)}\n\n**{Inline(report.Verdict)}**\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"Kit {report.KitVersion}, contract {ConformanceCatalogue.ContractVersion}, {report.Time} time, seed {report.Seed}"
        );
        text.Append(report.Backend.Length > 0 ? $", {Inline(report.Backend)}.\n\n" : ".\n\n");
        text.Append(
            "| level | passed | failed | waived | inconclusive | not declared | untested |\n| --- | --- | --- | --- | --- | --- | --- |\n"
        );
        foreach (var level in Enum.GetValues<CaseLevel>())
        {
            var results = report.Results.Where(result => result.Case.Level == level).ToArray();
            int Count(CaseOutcome outcome) => results.Count(result => result.Outcome == outcome);
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {level} | {Count(CaseOutcome.Passed)} | {results.Count(static result => result.IsFailure)} | "
                    + $"{Count(CaseOutcome.Waived)} | {Count(CaseOutcome.Inconclusive)} | {Count(CaseOutcome.NotDeclared)} | "
                    + $"{Count(CaseOutcome.Untested)} |\n"
            );
        }

        foreach (var result in report.Failures.Where(static result => result.Outcome != CaseOutcome.Blocked))
        {
            var cause = report.CauseOf(result) is { } other ? $"It probably follows from {other.Case.Id}.\n\n" : "";
            text.Append(CultureInfo.InvariantCulture, $"\n## {result.Case.Id}\n\n{cause}{MarkdownText.Block(report.Explain(result))}");
        }

        text.Append("\n<details><summary>All cases</summary>\n\n| case | level | rule | outcome | |\n| --- | --- | --- | --- | --- |\n");
        foreach (var result in report.Results)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {result.Case.Id} | {result.Case.Level} | {Inline(result.Case.Rule)} | {result.Outcome} | "
                    + $"{(result.Outcome == CaseOutcome.Passed ? "" : Inline(result.Message))} |\n"
            );
        }

        return text.Append("\n</details>\n").ToString();
    }

    private static string Inline(string text) => MarkdownText.Inline(text);
}
