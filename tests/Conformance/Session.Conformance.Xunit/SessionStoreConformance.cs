using Xunit;
using Xunit.Sdk;

namespace ServerSessions.Conformance.Xunit;

/// <summary>
/// Runs the conformance kit as tests: each case is a test of a class that derives from this one. A case that a later version of the kit
/// adds becomes a test without a change.
/// <code>public sealed class MyStoreConformanceTests : SessionStoreConformance&lt;MyStoreHarness&gt;;</code>
/// </summary>
/// <remarks>
/// A case that could not be run (not declared, untested, inconclusive, waived) is skipped with its reason. The environment variable
/// <c>SESSION_CONFORMANCE_SEED</c> sets the seed; the default is 1.
/// </remarks>
/// <typeparam name="THarness">The harness. One instance serves all tests of the class and is disposed after them.</typeparam>
public abstract class SessionStoreConformance<THarness> : IClassFixture<ConformanceFixture<THarness>>
    where THarness : SessionStoreHarness, new()
{
    /// <summary>The cases of the catalogue, one row each.</summary>
    public static IEnumerable<ITheoryDataRow> Cases =>
        ConformanceCatalogue.Cases.Select(static item => new TheoryDataRow<string>(item.Id)
        {
            TestDisplayName = $"{typeof(THarness).Name}: {item}",
            Traits = { ["Level"] = [item.Level.ToString()], ["Group"] = [item.Group] },
        });

    /// <summary>Tests that the store keeps the rule of one case.</summary>
    /// <param name="caseId">The id of the case.</param>
    /// <returns>A task that completes with the case.</returns>
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Conforms(string caseId)
    {
        var fixture = await FixtureAsync();
        var item = ConformanceCatalogue.Find(caseId) ?? throw new ConformanceFailedException($"There is no case {caseId}.");
        var result = await fixture.ResultAsync(item).WaitAsync(TestContext.Current.CancellationToken);
        if (result.IsFailure)
        {
            throw new ConformanceFailedException(fixture.Explain(result));
        }

        if (result.Outcome != CaseOutcome.Passed)
        {
            throw new ConformanceSkippedException($"{result.Outcome}: {result.Message}");
        }
    }

    /// <summary>Tests that every waiver of the harness names a case.</summary>
    /// <returns>A task that completes with the check.</returns>
    [Fact]
    public async Task EveryWaiverNamesACase()
    {
        var fixture = await FixtureAsync();
        if (fixture.Runner.StaleWaivers() is [var stale, ..])
        {
            throw new ConformanceFailedException(stale.Message);
        }
    }

    /// <summary>
    /// Returns the report of the whole run, for a test that writes or compares it. A case that has run as a test does not run again.
    /// </summary>
    /// <returns>The report.</returns>
    protected static async Task<ConformanceReport> ReportAsync() =>
        await (await FixtureAsync()).ReportAsync(TestContext.Current.CancellationToken);

    private static async ValueTask<ConformanceFixture<THarness>> FixtureAsync() =>
        await TestContext.Current.GetFixture<ConformanceFixture<THarness>>()
        ?? throw new ConformanceFailedException("xunit has made no fixture for this class.");
}
