using CustomStore.Tests;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using ServerSessions.Conformance;

[assembly: DoNotParallelize]

namespace CustomStore.MSTest;

[TestClass]
public sealed class MinimalStoreTests
{
    private static readonly ConformanceRunner Runner = new(new MinimalStoreHarness());

    public static IEnumerable<TestDataRow<string>> Cases =>
        Runner.Cases.Select(static item => new TestDataRow<string>(item.Id) { DisplayName = item.ToString() });

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public async Task Conforms(string id)
    {
        var result = await Runner.RunCaseAsync(ConformanceCatalogue.Find(id)!);
        if (result.IsFailure)
        {
            Assert.Fail(Runner.Explain(result));
        }
        else if (result.Outcome != CaseOutcome.Passed)
        {
            Assert.Inconclusive($"{result.Outcome}: {result.Message}");
        }
    }

    [ClassCleanup]
    public static async Task DisposeAsync() => await Runner.DisposeAsync();
}
