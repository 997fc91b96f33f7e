namespace ServerSessions.Conformance;

/// <summary>Whether the harness can be relied on.</summary>
internal sealed class PreflightVerdict
{
    private readonly CaseResult? _failed;

    private PreflightVerdict(string? unavailable, IReadOnlyDictionary<string, CaseResult> results)
    {
        Unavailable = unavailable;
        Results = results;
        _failed = results.Values.FirstOrDefault(Blocks);
    }

    /// <summary>Why nothing can run here.</summary>
    public string? Unavailable { get; }

    /// <summary>The results of the preflight cases.</summary>
    public IReadOnlyDictionary<string, CaseResult> Results { get; }

    public static async Task<PreflightVerdict> FindAsync(ConformanceRunner runner, CaseExecution execution)
    {
        var results = new Dictionary<string, CaseResult>(StringComparer.Ordinal);
        string? unavailable = null;
        var stop = CaseOutcome.Passed;
        var reason = "";
        try
        {
            unavailable = await HarnessException.GuardAsync("WhyUnavailableAsync", () =>
                runner.Harness.WhyUnavailableAsync(runner.Stopping)
            );
            (stop, reason) = unavailable is null ? (stop, reason) : (CaseOutcome.Untested, unavailable);
        }
        catch (HarnessException error)
        {
            (stop, reason) = (CaseOutcome.HarnessError, error.Message);
        }

        foreach (var item in PreflightCases.All)
        {
            var result =
                stop == CaseOutcome.Passed
                    ? await execution.RunAsync(item)
                    : new CaseResult
                    {
                        Case = item,
                        Outcome = stop,
                        Message = reason,
                    };
            results.Add(item.Id, result);
            if (stop == CaseOutcome.Passed && Blocks(result))
            {
                // What follows would fail for the same reason; one clear error is enough.
                stop = CaseOutcome.Blocked;
                reason = $"Not run: {item.Id} has failed.";
            }
        }

        return new PreflightVerdict(unavailable, results);
    }

    /// <summary>The result of a case that cannot be run, or <see langword="null"/>.</summary>
    public CaseResult? Refusal(ConformanceCase item) =>
        Unavailable is not null
            ? new CaseResult
            {
                Case = item,
                Outcome = CaseOutcome.Untested,
                Message = Unavailable,
            }
        : _failed is { } failed
            ? new CaseResult
            {
                Case = item,
                Outcome = CaseOutcome.Blocked,
                Message = $"Not run, since the harness cannot be relied on: {failed.Case.Id} {failed.Case.Rule} {Why(failed)}",
            }
        : null;

    /// <summary>Whether a result says that the harness cannot be relied on, and that the store cannot be the cause.</summary>
    public static bool Blocks(CaseResult result) =>
        result.Case.Level == CaseLevel.Preflight
        && result.IsFailure
        && (result.Case.BlamesHarness || result.Outcome is CaseOutcome.HarnessError or CaseOutcome.Blocked);

    private static string Why(CaseResult failed) => failed.Findings.Count > 0 ? failed.Findings[0].Observed : failed.Message;
}
