using Session.Conformance.Tests.Oddities;

namespace Session.Conformance.Tests;

/// <summary>What is merely unusual is accepted.</summary>
public sealed class OddityTests
{
    private static readonly CaseOutcome[] Accepted = [CaseOutcome.Passed, CaseOutcome.NotDeclared, CaseOutcome.Untested, CaseOutcome.Inconclusive];

    public static TheoryData<string> Names => [.. AllOddities.All.Select(static oddity => oddity.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_oddity_is_accepted(string name)
    {
        await using var runner = new ConformanceRunner(AllOddities.All.Single(oddity => oddity.Name == name).Harness());
        var report = await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(report.Results.Where(static result => !Accepted.Contains(result.Outcome)).Select(report.Explain));
        Assert.True(report.Conforms, report.Verdict);
        TestContext.Current.TestOutputHelper?.WriteLine(report.Verdict);
    }
}
