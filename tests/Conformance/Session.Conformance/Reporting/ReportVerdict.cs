namespace ServerSessions.Conformance;

/// <summary>Summarizes a report by levels and names, since a percentage would hide what is missing.</summary>
internal static class ReportVerdict
{
    private static readonly (string Group, string Name)[] Extras =
    [
        ("ENU", "all, length and clear"),
        ("CND", "compare and set"),
        ("PRN", "prune"),
        ("GTT", "get and touch"),
        ("PER", "reopening"),
        ("PEER", "peers"),
    ];

    public static string Of(ConformanceReport report)
    {
        if (report.Unavailable is { } reason)
        {
            return $"Not run: {reason}";
        }

        if (report.IsBlocked)
        {
            var blocked = report.Results.First(static result =>
                result.IsFailure && (result.Case.Level == CaseLevel.Preflight || result.Outcome == CaseOutcome.Blocked)
            );
            return $"Not judged: the harness cannot be relied "
                + $"on{(blocked.Case.Level == CaseLevel.Preflight ? $" ({blocked.Case.Id})" : "")}.";
        }

        var failed = report.Results.Where(static result => result.IsFailure).ToArray();
        if (report.HasFailed)
        {
            return $"Does not conform: {Ids(failed.Where(static result => result.Case.Level != CaseLevel.Recommended))} failed.";
        }

        if (report.IsPartial)
        {
            return $"Passed {report.Count(CaseOutcome.Passed)} of {report.Results.Count} selected cases.{Waived(report)}{Weak(failed)} "
                + $"No verdict: it takes all required cases.";
        }

        return $"Conforms to contract {ConformanceCatalogue.ContractVersion}, {Level(report)}{Plus(report)}.{Waived(report)}{Weak(failed)}";
    }

    /// <summary>Required, or recommended if the store is touchable and passes all of that level.</summary>
    public static string Level(ConformanceReport report) =>
        Passed(report, "TCH") && !report.Results.Any(static result => result.IsFailure && result.Case.Level == CaseLevel.Recommended)
            ? "recommended"
            : "required";

    private static bool Passed(ConformanceReport report, string group) =>
        report.Results.Any(result => result.Case.Group == group && result.Outcome == CaseOutcome.Passed)
        && !report.Results.Any(result => result.Case.Group == group && result.IsFailure);

    private static string Plus(ConformanceReport report)
    {
        var names = Extras.Where(extra => Passed(report, extra.Group)).Select(static extra => extra.Name).ToArray();
        return names.Length == 0 ? "" : $", plus {string.Join(", ", names)}";
    }

    private static string Waived(ConformanceReport report) =>
        report.Count(CaseOutcome.Waived) is > 0 and var count ? $" Waived: {count}." : "";

    private static string Weak(CaseResult[] failed) => failed.Length == 0 ? "" : $" Recommended, and failed: {Ids(failed)}.";

    private static string Ids(IEnumerable<CaseResult> results) => string.Join(", ", results.Select(static result => result.Case.Id));
}
