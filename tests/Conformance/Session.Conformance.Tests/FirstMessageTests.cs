using ServerSessions.Conformance.Tests.Mutants;

namespace ServerSessions.Conformance.Tests;

/// <summary>
/// The first message about a broken store names what is wrong with it: checked for mutants that a seed chooses, against a table that was
/// made by hand.
/// </summary>
public sealed class FirstMessageTests
{
    private const uint Seed = 21;
    private const int Count = 30;

    public static TheoryData<string> Names => [.. Chosen()];

    [Fact]
    public void The_table_has_the_mutants_that_the_seed_chooses() =>
        Assert.Equal(Chosen(), FirstMessages.All.Select(static row => row.Mutant));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_first_message_names_the_true_cause(string name)
    {
        var row = FirstMessages.All.Single(row => row.Mutant == name);

        var report = await MutantRuns.OfAsync(name, TestContext.Current.CancellationToken);

        var text = report.Explain(report.Failures[0]);
        Assert.StartsWith(row.Case + " ", text, StringComparison.Ordinal);
        Assert.Contains(row.Says, text, StringComparison.Ordinal);
    }

    // In the order of a digest, so that a new mutant moves none of the others.
    private static string[] Chosen() =>
        [
            .. AllMutants
                .All.Select(static mutant => mutant.Name)
                .OrderBy(static name => name.Aggregate(2166136261u ^ Seed, static (hash, c) => (hash ^ c) * 16777619))
                .ThenBy(static name => name, StringComparer.Ordinal)
                .Take(Count),
        ];
}
