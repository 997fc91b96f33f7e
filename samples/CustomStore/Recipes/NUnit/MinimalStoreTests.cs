using CustomStore.Tests;
using NUnit.Framework;
using ServerSessions.Conformance;

namespace CustomStore.NUnit;

public sealed class MinimalStoreTests
{
    private static readonly ConformanceRunner Runner = new(new MinimalStoreHarness());

    private static IEnumerable<TestCaseData> Cases => Runner.Cases.Select(item => new TestCaseData(item).SetName(item.ToString()));

    [TestCaseSource(nameof(Cases))]
    public async Task Conforms(ConformanceCase item)
    {
        var result = await Runner.RunCaseAsync(item);
        if (result.IsFailure)
        {
            Assert.Fail(Runner.Explain(result));
        }
        else if (result.Outcome != CaseOutcome.Passed)
        {
            Assert.Ignore($"{result.Outcome}: {result.Message}");
        }
    }

    [OneTimeTearDown]
    public static async Task DisposeAsync() => await Runner.DisposeAsync();
}
