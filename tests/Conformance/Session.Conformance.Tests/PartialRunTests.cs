using ServerSessions.Conformance.Tests.Mutants;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests;

/// <summary>A run of some cases says what they say, and no more.</summary>
public sealed class PartialRunTests
{
    [Fact]
    public async Task One_case_that_passes_is_no_verdict_about_the_store()
    {
        var report = await RunAsync(new ReferenceHarness(), new ConformanceRunOptions { Cases = ["GSD-04"] });

        Assert.False(report.Conforms);
        Assert.Equal(0, report.ExitCode(strict: true));
        Assert.Equal("Passed 1 of 1 selected cases. No verdict: it takes all required cases.", report.Verdict);
        Assert.Contains("not judged", report.ToBadge(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_case_that_fails_is_a_verdict()
    {
        var report = await RunAsync(
            AllMutants.All.Single(static mutant => mutant.Name == "destroy is a no-op").Harness(),
            new ConformanceRunOptions { Cases = ["GSD-04"] }
        );

        Assert.Equal(1, report.ExitCode());
        Assert.Equal("Does not conform: GSD-04 failed.", report.Verdict);
    }

    [Fact]
    public async Task The_required_level_alone_is_a_verdict()
    {
        var report = await RunAsync(new ReferenceHarness(), new ConformanceRunOptions { Levels = [CaseLevel.Required] });

        Assert.True(report.Conforms, report.Verdict);
        Assert.StartsWith("Conforms to contract 1.0, required", report.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_case_under_a_broken_harness_judges_nobody()
    {
        var report = await RunAsync(new OneStoreHarness(), new ConformanceRunOptions { Cases = ["GSD-04"] });

        Assert.Equal(3, report.ExitCode());
        Assert.Equal("Not judged: the harness cannot be relied on.", report.Verdict);
    }

    [Fact]
    public async Task A_failure_names_the_line_that_its_reader_can_run()
    {
        var options = new ConformanceRunOptions { Cases = ["GSD-04"], RepeatLine = static item => $"run {item.Id} again" };
        var report = await RunAsync(AllMutants.All.Single(static mutant => mutant.Name == "destroy is a no-op").Harness(), options);

        Assert.EndsWith("repeat:      run GSD-04 again", report.Explain(report.Results[0]), StringComparison.Ordinal);
    }

    private static async Task<ConformanceReport> RunAsync(SessionStoreHarness harness, ConformanceRunOptions options)
    {
        await using var runner = new ConformanceRunner(harness, options);
        return await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    private sealed class OneStoreHarness : SessionStoreHarness
    {
        private readonly ReferenceHarness _inner = new();
        private ISessionStore? _store;

        public override async ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            _store ??= await _inner.CreateStoreAsync(request, cancellationToken);
    }
}
