using System.Reflection;

namespace ServerSessions.Conformance;

/// <summary>The report of a run. JSON has all of it; Markdown, JUnit and the badge are excerpts.</summary>
public sealed class ConformanceReport
{
    private readonly Func<ConformanceCase, string> _repeatLine;

    internal ConformanceReport(
        SessionStoreHarness harness,
        IReadOnlyList<CaseResult> results,
        ConformanceRunOptions options,
        string? unavailable
    )
    {
        StoreName = PrintableText.Line(harness.Name);
        Backend = PrintableText.Line(harness.Backend);
        Time = harness.Time;
        Results = results;
        Seed = options.Seed;
        _repeatLine = options.RepeatLine
            ?? (
                item =>
                    $"await new ConformanceRunner(new {harness.GetType().Name}(), new() {{ Cases = [\"{item.Id}\"], Seed = "
                    + $"{options.Seed} }}).RunAsync()"
            );
        Unavailable = unavailable is null ? null : PrintableText.Of(unavailable);
    }

    /// <summary>The store's name, on one line. Characters that cannot be printed appear as <c>\u001b</c>.</summary>
    public string StoreName { get; }

    /// <summary>
    /// The backend and its version, on one line; may be empty. Characters that cannot be printed appear as <c>\u001b</c>.
    /// </summary>
    public string Backend { get; }

    /// <summary>The clock that decided about expiry.</summary>
    public StoreTime Time { get; }

    /// <summary>The seed of the run.</summary>
    public int Seed { get; }

    /// <summary>The version of the kit.</summary>
    public string KitVersion { get; } =
        typeof(ConformanceReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "";

    /// <summary>Why no case could run; <see langword="null"/> if cases could run.</summary>
    public string? Unavailable { get; }

    /// <summary>The results, in the order of the catalogue.</summary>
    public IReadOnlyList<CaseResult> Results { get; }

    /// <summary>
    /// Whether the store conforms: the harness is reliable, all required cases were selected and none ended inconclusive, and no case
    /// failed except recommended ones that ask for no interface. Cases of an interface that the store declares count on every level.
    /// <see cref="NotTried"/> names the required cases that could not be tried.
    /// </summary>
    public bool Conforms => Unavailable is null && !IsPartial && !HasFailed && !Inconclusive.Any();

    /// <summary>
    /// The required cases that could not be tried, because the harness lacks an ability, and that
    /// <see cref="SessionStoreHarness.NotTried"/> gives no reason for.
    /// </summary>
    public IReadOnlyList<ConformanceCase> NotTried => [.. Untried(hasReason: false)];

    /// <summary>
    /// The failures in the order in which to read them: causes before what follows from them, the worst for users first, one of each group
    /// before the second of any.
    /// </summary>
    public IReadOnlyList<CaseResult> Failures => FailureOrder.Of(Results);

    /// <summary>Returns the failure from which another one probably follows.</summary>
    /// <param name="result">A failure of this report.</param>
    /// <returns>The cause; <see langword="null"/> if the failure stands for itself.</returns>
    public CaseResult? CauseOf(CaseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return FailureOrder.CauseOf(result, Results);
    }

    /// <summary>The verdict in one sentence.</summary>
    public string Verdict => ReportVerdict.Of(this);

    internal bool HasFailed => Results.Any(static result => result.IsFailure && result.Case.Counts);

    internal IEnumerable<ConformanceCase> Inconclusive =>
        Results
            .Where(static result => result.Outcome == CaseOutcome.Inconclusive && result.Case.Level == CaseLevel.Required)
            .Select(static result => result.Case);

    internal IEnumerable<ConformanceCase> Untried(bool hasReason) =>
        Results
            .Where(result =>
                result.Outcome == CaseOutcome.Untested && result.Case.Level == CaseLevel.Required && result.HasReason == hasReason
            )
            .Select(static result => result.Case);

    /// <summary>Whether a required case was left out, so that nothing can be said about the store as a whole.</summary>
    internal bool IsPartial =>
        ConformanceCatalogue.Cases.Any(item => item.Level == CaseLevel.Required && Results.All(result => result.Case != item));

    /// <summary>Whether the harness cannot be relied on, by a preflight case itself or by what it blocks.</summary>
    internal bool IsBlocked => Results.Any(static result => PreflightVerdict.Blocks(result) || result.Outcome == CaseOutcome.Blocked);

    /// <summary>Whether a preflight case has failed whose cause may be the store or the harness.</summary>
    internal bool IsDoubtful => Results.Any(static result => result.IsFailure && result.Case.Level == CaseLevel.Preflight);

    /// <summary>Returns the exit code for a program that runs the kit.</summary>
    /// <param name="strict">Whether recommended cases count too.</param>
    /// <returns>
    /// 0: the store conforms, or no case failed in a partial run. 1: a case failed that counts. 2: only recommended cases failed, and
    /// <paramref name="strict"/> is set. 3: the harness is unusable, or no case could run. 5: no case failed, and required cases were not
    /// tried or ended inconclusive; the verdict names them.
    /// </returns>
    public int ExitCode(bool strict = false)
    {
        if (Unavailable is not null || IsBlocked)
        {
            return 3;
        }

        return HasFailed ? 1
            : strict && Results.Any(static result => result.IsFailure) ? 2
            : Inconclusive.Any() || Untried(hasReason: false).Any() ? 5
            : 0;
    }

    /// <summary>Returns the number of results with an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <returns>The number, zero or more.</returns>
    public int Count(CaseOutcome outcome) => Results.Count(result => result.Outcome == outcome);

    /// <summary>
    /// Explains a result to the author of the store: the rule, the calls, what was expected and observed, the consequence, usual causes
    /// and the line that repeats the case.
    /// </summary>
    /// <param name="result">A result of this report.</param>
    /// <returns>Several lines.</returns>
    public string Explain(CaseResult result) =>
        FailureText.Of(
            result,
            $"{StoreName}{(Backend.Length > 0 ? $" ({Backend})" : "")}, {Time} time, seed {Seed}",
            _repeatLine(result.Case)
        );

    /// <summary>Returns the full report as JSON.</summary>
    /// <returns>JSON, indented.</returns>
    public string ToJson() => JsonReport.Write(this);

    /// <summary>Returns a report for readers: the verdict, explained failures and all cases.</summary>
    /// <returns>Markdown.</returns>
    public string ToMarkdown() => MarkdownReport.Write(this);

    /// <summary>Returns a report for build servers.</summary>
    /// <returns>JUnit's XML.</returns>
    public string ToJUnit() => JUnitReport.Write(this);

    /// <summary>Returns the data of an endpoint badge of shields.io.</summary>
    /// <returns>JSON.</returns>
    public string ToBadge() => BadgeReport.Write(this);
}
