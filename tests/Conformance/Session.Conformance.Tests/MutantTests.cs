using ServerSessions.Conformance.Tests.Mutants;

namespace ServerSessions.Conformance.Tests;

/// <summary>
/// Every store that is wrong on purpose is rejected, by the case that is there for it, in the words that say what is wrong.
/// </summary>
public sealed class MutantTests
{
    public static TheoryData<string> Names => [.. AllMutants.All.Select(static mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_mutant_is_rejected_in_plain_words(string name)
    {
        var mutant = AllMutants.All.Single(mutant => mutant.Name == name);
        var report = await MutantRuns.OfAsync(name, TestContext.Current.CancellationToken);
        var result = report.Results.Single(result => result.Case.Id == mutant.KilledBy);

        var text = report.Explain(result);
        Assert.True(result.IsFailure, $"{mutant.KilledBy} lets it live: {result.Outcome} {result.Message}");
        Assert.Contains(mutant.Phrase, text, StringComparison.Ordinal);
        Assert.Contains(result.Case.WhyItMatters, text, StringComparison.Ordinal);
        Assert.Contains($"Cases = [\"{mutant.KilledBy}\"], Seed = 1 }}).RunAsync()", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mutant_has_a_name_of_its_own() =>
        Assert.Equal(AllMutants.All.Count, AllMutants.All.Select(static mutant => mutant.Name).Distinct().Count());
}
