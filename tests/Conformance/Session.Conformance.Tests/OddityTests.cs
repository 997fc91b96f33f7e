using ServerSessions.Conformance.Tests.Oddities;

namespace ServerSessions.Conformance.Tests;

/// <summary>What is merely unusual is accepted.</summary>
public sealed class OddityTests
{
    private static readonly CaseOutcome[] Accepted =
    [
        CaseOutcome.Passed,
        CaseOutcome.NotDeclared,
        CaseOutcome.Untested,
        CaseOutcome.Inconclusive,
    ];

    // A few at once, from when the first test asks: the slow ones only wait.
    private static readonly SemaphoreSlim AtOnce = new(4);
    private static readonly Lazy<Dictionary<string, Task<ConformanceReport>>> Runs = new(static () =>
        AllOddities.All.ToDictionary(
            static oddity => oddity.Name,
            static oddity => Task.Run(() => RunAsync(oddity)),
            StringComparer.Ordinal
        )
    );

    public static TheoryData<string> Names => [.. AllOddities.All.Select(static oddity => oddity.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_oddity_is_accepted(string name)
    {
        var report = await Runs.Value[name].WaitAsync(TestContext.Current.CancellationToken);

        var rejected = report.Results.Where(static result => !Accepted.Contains(result.Outcome)).Select(report.Explain).ToList();
        Assert.True(rejected.Count == 0, string.Join('\n', rejected));
        Assert.True(report.Conforms, report.Verdict);
        if (name.StartsWith("ids hashed at rest", StringComparison.Ordinal))
        {
            Assert.Equal(CaseOutcome.Passed, report.Results.Single(static result => result.Case.Id == "SEC-04").Outcome);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(report.Verdict);
    }

    private static async Task<ConformanceReport> RunAsync(Oddity oddity)
    {
        await AtOnce.WaitAsync();
        try
        {
            await using var runner = new ConformanceRunner(oddity.Harness());
            return await runner.RunAsync();
        }
        finally
        {
            AtOnce.Release();
        }
    }
}
