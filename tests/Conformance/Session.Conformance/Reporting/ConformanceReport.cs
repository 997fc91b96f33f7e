using System.Reflection;

namespace ServerSessions.Conformance;

/// <summary>What a run has found. JSON is its full form; Markdown, JUnit and the badge are views of it.</summary>
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

    /// <summary>The store's name, on one line. What cannot be printed stands as <c>\u001b</c> and its like.</summary>
    public string StoreName { get; }

    /// <summary>
    /// The backend and its version, on one line; may be empty. What cannot be printed stands as <c>\u001b</c> and its like.
    /// </summary>
    public string Backend { get; }

    /// <summary>Whose clock decided.</summary>
    public StoreTime Time { get; }

    /// <summary>The seed of the run.</summary>
    public int Seed { get; }

    /// <summary>The version of the kit.</summary>
    public string KitVersion { get; } =
        typeof(ConformanceReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "";

    /// <summary>Why nothing could run; <see langword="null"/> where it could.</summary>
    public string? Unavailable { get; }

    /// <summary>The results, in the order of the catalogue.</summary>
    public IReadOnlyList<CaseResult> Results { get; }

    /// <summary>
    /// Whether the harness could be relied on, all required cases were run, and every case that counts against a session store passed: all
    /// but the recommended ones.
    /// </summary>
    public bool Conforms => Unavailable is null && !IsPartial && !HasFailed;

    /// <summary>The verdict in one sentence.</summary>
    public string Verdict => ReportVerdict.Of(this);

    internal bool HasFailed => Results.Any(static result => result.IsFailure && result.Case.Level != CaseLevel.Recommended);

    /// <summary>Whether a required case was left out, so that nothing can be said about the store as a whole.</summary>
    internal bool IsPartial =>
        ConformanceCatalogue.Cases.Any(item => item.Level == CaseLevel.Required && Results.All(result => result.Case != item));

    /// <summary>Whether a preflight case has failed, itself or in what it blocks.</summary>
    internal bool IsBlocked =>
        Results.Any(static result =>
            result.IsFailure && (result.Case.Level == CaseLevel.Preflight || result.Outcome == CaseOutcome.Blocked)
        );

    /// <summary>The exit code of a program that reports this.</summary>
    /// <param name="strict">Whether recommended cases count too.</param>
    /// <returns>
    /// 0: conforms, or nothing failed in a run of some cases only; 1: a case failed that counts; 2: only recommended cases failed, and
    /// <paramref name="strict"/>; 3: the harness is unusable, or nothing could run.
    /// </returns>
    public int ExitCode(bool strict = false)
    {
        if (Unavailable is not null || IsBlocked)
        {
            return 3;
        }

        return HasFailed ? 1
            : strict && Results.Any(static result => result.IsFailure) ? 2
            : 0;
    }

    /// <summary>The number of results with an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <returns>How many.</returns>
    public int Count(CaseOutcome outcome) => Results.Count(result => result.Outcome == outcome);

    /// <summary>
    /// Explains a result to the author of the store: rule, what was done, expected and seen, consequence, usual causes, how to repeat it.
    /// </summary>
    /// <param name="result">A result of this report.</param>
    /// <returns>Several lines.</returns>
    public string Explain(CaseResult result) =>
        FailureText.Of(
            result,
            $"{StoreName}{(Backend.Length > 0 ? $" ({Backend})" : "")}, {Time} time, seed {Seed}",
            _repeatLine(result.Case)
        );

    /// <summary>The full report.</summary>
    /// <returns>JSON, indented.</returns>
    public string ToJson() => JsonReport.Write(this);

    /// <summary>For people: verdict, what failed with explanations, all cases.</summary>
    /// <returns>Markdown.</returns>
    public string ToMarkdown() => MarkdownReport.Write(this);

    /// <summary>For build servers.</summary>
    /// <returns>JUnit's XML.</returns>
    public string ToJUnit() => JUnitReport.Write(this);

    /// <summary>For shields.io's endpoint badge.</summary>
    /// <returns>JSON.</returns>
    public string ToBadge() => BadgeReport.Write(this);
}
