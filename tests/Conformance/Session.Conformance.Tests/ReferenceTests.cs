using Session.Conformance.Tests.Reference;

namespace Session.Conformance.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public async Task The_reference_store_keeps_every_rule()
    {
        await using var runner = new ConformanceRunner(new ReferenceHarness());
        var report = await runner.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(report.Results.Where(static result => result.Outcome != CaseOutcome.Passed).Select(report.Explain));
        foreach (var slow in report.Results.OrderByDescending(static result => result.Duration).Take(8))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{slow.Case.Id} {slow.Duration.TotalMilliseconds:0} ms");
        }
    }
}
