using ServerSessions.Conformance.Tests.Mutants;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests;

/// <summary>A verdict says neither too much nor too little.</summary>
public sealed class VerdictTests
{
    [Theory]
    [InlineData("touch upserts", "TCH-04")]
    [InlineData("touch always returns true", "TCH-13")]
    [InlineData("touch of an absent session is not found", "NFD-05")]
    public async Task A_store_that_declares_touch_and_breaks_it_does_not_conform_though_touch_is_recommended(string mutant, string named)
    {
        var report = await RunMutantAsync(mutant);

        Assert.False(report.Conforms);
        Assert.Equal(1, report.ExitCode());
        Assert.StartsWith("Does not conform: ", report.Verdict, StringComparison.Ordinal);
        Assert.Contains(named, report.Verdict, StringComparison.Ordinal);
        Assert.Contains("does not conform", report.ToBadge(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_revives_signed_out_sessions_in_a_race_does_not_conform()
    {
        var mutant = AllMutants.All.Single(static mutant => mutant.Name == "touch restores what it read");

        var report = await RunAsync(mutant.Harness(), new ConformanceRunOptions { Cases = ["CON-05"] });

        Assert.Equal((1, "Does not conform: CON-05 failed."), (report.ExitCode(), report.Verdict));
    }

    [Fact]
    public async Task A_recommended_rule_of_no_interface_is_named_and_does_not_count()
    {
        var report = await RunMutantAsync("has touch, does not declare it");

        Assert.True(report.Conforms, report.Verdict);
        Assert.Equal((0, 2), (report.ExitCode(), report.ExitCode(strict: true)));
        Assert.Contains("Recommended, and failed: CAP-02.", report.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Required_cases_that_were_not_tried_are_in_the_verdict_the_badge_and_the_exit_code()
    {
        var report = await RunAsync(new SwallowingHarness(), new ConformanceRunOptions { Levels = [CaseLevel.Required] });

        Assert.Equal(5, report.ExitCode());
        Assert.Contains(" Required, and not tried: ", report.Verdict, StringComparison.Ordinal);
        Assert.Contains("NFD-09", report.Verdict, StringComparison.Ordinal);
        Assert.Contains("not tried: ", report.ToBadge(), StringComparison.Ordinal);
        Assert.DoesNotContain("brightgreen", report.ToBadge(), StringComparison.Ordinal);
        Assert.Contains(report.NotTried, static item => item.Id == "ERR-05");
    }

    [Fact]
    public async Task What_a_harness_says_that_it_cannot_try_is_named_and_is_no_reason_for_an_exit_code()
    {
        var report = await RunAsync(new ReasonedHarness(), new ConformanceRunOptions { Cases = ["NFD-09", "GSD-01"] });

        Assert.Equal(0, report.ExitCode());
        Assert.Contains("Not tried, with a reason: NFD-09.", report.Verdict, StringComparison.Ordinal);
        Assert.Contains(report.Results, static result => result.Case.Id == "NFD-09" && result.Message == "Not tried: It has no backend.");
    }

    [Fact]
    public async Task A_reason_for_a_case_that_was_tried_is_stale()
    {
        var report = await RunAsync(new ReasonedHarness(), new ConformanceRunOptions { Cases = ["GSD-02"] });

        Assert.Equal(1, report.ExitCode());
        Assert.Equal(CaseOutcome.WaiverStale, report.Results.Single(static result => result.Case.Id == "GSD-02").Outcome);
    }

    [Fact]
    public async Task A_required_case_that_ended_inconclusive_keeps_a_store_from_conforming()
    {
        await using var runner = new ConformanceRunner(new ReferenceHarness(), new ConformanceRunOptions { Levels = [CaseLevel.Required] });
        var results = (await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken)).Results.Select(static result =>
            result.Case.Id == "EXP-02" ? result with { Outcome = CaseOutcome.Inconclusive } : result
        );

        var report = await runner.ReportAsync(results, TestContext.Current.CancellationToken);

        Assert.False(report.Conforms);
        Assert.Equal(5, report.ExitCode());
        Assert.StartsWith("Not judged: EXP-02 ended inconclusive", report.Verdict, StringComparison.Ordinal);
        Assert.Contains("inconclusive: EXP-02", report.ToBadge(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one static table", "HAR-02")]
    [InlineData("harness: one space for all", "HAR-02")]
    [InlineData("wall clock instead of the given one", "HAR-03")]
    [InlineData("harness: peer is elsewhere", "HAR-04")]
    public async Task What_may_be_the_store_or_the_harness_is_said_so_and_the_other_cases_run(string mutant, string named)
    {
        var report = await RunMutantAsync(mutant);

        Assert.StartsWith("Does not conform, unless the harness is the cause: ", report.Verdict, StringComparison.Ordinal);
        Assert.Equal(named, report.Failures[0].Case.Id);
        Assert.DoesNotContain(report.Results, static result => result.Outcome == CaseOutcome.Blocked);
    }

    [Theory]
    [InlineData("harness: one store for all", "HAR-01")]
    [InlineData("harness: peer is the store itself", "HAR-07")]
    public async Task What_only_the_harness_can_have_done_judges_no_store(string mutant, string named)
    {
        var report = await RunMutantAsync(mutant);

        Assert.Equal((3, $"Not judged: the harness cannot be relied on ({named})."), (report.ExitCode(), report.Verdict));
    }

    [Fact]
    public async Task A_get_that_returns_the_expired_is_called_by_its_name_and_not_the_harness_s_fault()
    {
        var report = await RunMutantAsync("get returns the expired, and set drops what has passed");

        Assert.Equal("EXP-01", report.Failures[0].Case.Id);
        Assert.DoesNotContain(report.Results, static result => result.IsFailure && result.Case.Level == CaseLevel.Preflight);
    }

    [Fact]
    public async Task Garbage_that_a_store_returns_is_the_store_s_failure()
    {
        var report = await RunMutantAsync("get returns garbage");

        Assert.DoesNotContain(report.Results, static result => result.Outcome == CaseOutcome.HarnessError);
    }

    private static Task<ConformanceReport> RunMutantAsync(string name) =>
        RunAsync(
            AllMutants.All.Single(mutant => mutant.Name == name).Harness(),
            new ConformanceRunOptions
            {
                Cases =
                [
                    .. ConformanceCatalogue.Cases.Where(static item => !item.IsStochastic).Select(static item => item.Id),
                    "CON-01",
                    "CON-02",
                    "CON-03",
                    "CON-04",
                    "CON-06",
                    "CON-07",
                    "CAN-02",
                    "CAN-03",
                    "DSP-03",
                ],
            }
        );

    private static async Task<ConformanceReport> RunAsync(SessionStoreHarness harness, ConformanceRunOptions options)
    {
        await using var runner = new ConformanceRunner(harness, options);
        return await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>The default: no faults. Its store takes every failure for absence.</summary>
    private sealed class SwallowingHarness : SessionStoreHarness
    {
        private readonly Server _server = new();

        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore>(
                new Bent(new Setup(request, _server.Space(request.Space)))
                {
                    OnGet = static async (_, _, token, next) =>
                    {
                        try
                        {
                            return await next();
                        }
                        catch (SessionStoreException)
                        {
                            return null;
                        }
                    },
                }
            );
    }

    private sealed class ReasonedHarness : SessionStoreHarness
    {
        private readonly Server _server = new();

        public override IReadOnlyList<Waiver> NotTried => [new("NFD-09", "It has no backend."), new("GSD-02", "Never tried.")];

        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore>(new ReferenceStore(new Setup(request, _server.Space(request.Space))));
    }
}
