namespace ServerSessions.Conformance;

/// <summary>
/// The order in which failures are read: causes before what follows from them, the worst for users first, one of each group.
/// </summary>
internal static class FailureOrder
{
    // What such a failure means: someone has a session that is another's, or that should have ended.
    private static readonly string[] Takeovers =
    [
        "HAR",
        "IDS",
        "SPC",
        "SEC",
        "ISO-01",
        "GSD-04",
        "GSD-08",
        "EXP-01",
        "TCH-03",
        "TCH-04",
        "TCH-05",
        "CON-05",
        "CND-05",
        "CND-11",
        "CND-14",
        "GTT-04",
        "GTT-10",
        "PER-02",
        "PEER-02",
        "NFD-09",
        "NFD-10",
        "ERR-09",
    ];

    // What only an operator or a developer notices, and the random tests, which name no rule.
    private static readonly string[] Slight = ["EVT", "DSP", "CAP-02", "NFD-03", "ERR-03", "CON-10", "CON-09", "CAN-04"];

    public static IReadOnlyList<CaseResult> Of(IReadOnlyList<CaseResult> results)
    {
        var failures = results.Where(static result => result.IsFailure).OrderBy(IsBlocked).ToArray();
        var ranked = failures
            .OrderBy(result => CauseOf(result, failures) is null ? 0 : 1)
            .ThenBy(static result => Harm(result.Case))
            .ThenBy(result => Array.IndexOf(failures, result))
            .ToArray();
        // The first of each group, then the second of each, with causes before consequences.
        return
        [
            .. ranked
                .GroupBy(static result => result.Case.Group)
                .SelectMany(static group => group.Select(static (result, place) => (result, place)))
                .OrderBy(static pair => IsBlocked(pair.result))
                .ThenBy(pair => CauseOf(pair.result, failures) is null ? 0 : 1)
                .ThenBy(static pair => pair.place)
                .ThenBy(pair => Array.IndexOf(ranked, pair.result))
                .Select(static pair => pair.result),
        ];
    }

    public static CaseResult? CauseOf(CaseResult result, IReadOnlyList<CaseResult> results)
    {
        foreach (var cascade in FailureCascade.All.TakeWhile(cascade => cascade.Cause != result.Case.Id))
        {
            if (
                cascade.Holds(result)
                && results.FirstOrDefault(other => other.IsFailure && !IsBlocked(other) && other.Case.Id == cascade.Cause) is { } found
            )
            {
                return found;
            }
        }

        return null;
    }

    private static bool IsBlocked(CaseResult result) => result.Outcome == CaseOutcome.Blocked;

    private static int Harm(ConformanceCase item) =>
        Array.Exists(Takeovers, name => Names(name, item)) ? 0
        : Array.Exists(Slight, name => Names(name, item)) ? 2
        : 1;

    public static bool Names(string name, ConformanceCase item) => name == "*" || name == item.Id || name == item.Group;
}
