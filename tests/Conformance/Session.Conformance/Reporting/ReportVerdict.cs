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
            var blocked = report.Results.First(static result => PreflightVerdict.Blocks(result) || result.Outcome == CaseOutcome.Blocked);
            return $"Not judged: the harness cannot be relied "
                + $"on{(blocked.Case.Level == CaseLevel.Preflight ? $" ({blocked.Case.Id})" : "")}.";
        }

        if (report.HasFailed)
        {
            return $"Does not conform{(report.IsDoubtful ? ", unless the harness is the cause" : "")}: "
                + $"{Ids(report.Failures.Where(static result => result.Case.Counts).Select(static result => result.Case))} failed.";
        }

        var weak = Weak(report.Results.Where(static result => result.IsFailure).Select(static result => result.Case));
        if (report.Inconclusive.Any())
        {
            return $"Not judged: {Ids(report.Inconclusive)} ended inconclusive, because the machine was too slow. No case failed.{Rest()}";
        }

        if (report.IsPartial)
        {
            return $"Passed {report.Count(CaseOutcome.Passed)} of {report.Results.Count} selected cases.{Rest()} "
                + $"No verdict: it takes all required cases.";
        }

        return $"Conforms to contract {ConformanceCatalogue.ContractVersion}, {Level(report)}{Plus(report)}.{Rest()}";

        string Rest() => $"{Untried(report)}{Waived(report)}{weak}";
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

    /// <summary>The required cases that were not tried, which a reader must know of.</summary>
    private static string Untried(ConformanceReport report)
    {
        var (without, with) = (report.Untried(hasReason: false).ToArray(), report.Untried(hasReason: true).ToArray());
        return (without.Length == 0 ? "" : $" Required, and not tried: {Ids(without)}.")
            + (with.Length == 0 ? "" : $" Not tried, with a reason: {Ids(with)}.");
    }

    private static string Weak(IEnumerable<ConformanceCase> failed) => failed.Any() ? $" Recommended, and failed: {Ids(failed)}." : "";

    /// <summary>The ids; of many the first ones, and how many more.</summary>
    public static string Ids(IEnumerable<ConformanceCase> cases, int atMost = 12)
    {
        var ids = cases.Select(static item => item.Id).ToArray();
        return string.Join(", ", ids.Take(atMost)) + (ids.Length > atMost ? $" and {ids.Length - atMost} more" : "");
    }
}
