using System.Reflection;

namespace ServerSessions.Conformance.Tests;

/// <summary>
/// Holds cases, their usual causes and the mutants together: for each usual cause that a case names, <c>causes.md</c> names a broken store
/// that has this fault, and the case rejects it.
/// </summary>
public sealed class CausesTests
{
    private const string None = "–";

    private static readonly string File = Path.Combine(
        typeof(CausesTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "RepositoryRoot")
            .Value!,
        "tests/Conformance/Session.Conformance.Tests/causes.md"
    );

    private static readonly (string Case, string Cause, string Mutant)[] Table =
    [
        .. System
            .IO.File.ReadAllLines(File)
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && line.Contains('-', StringComparison.Ordinal))
            .Select(static line => line.Trim('|', ' ').Split(" | "))
            .Where(static cells => cells is [_, _, _] && ConformanceCatalogue.Find(cells[0]) is not null)
            .Select(static cells => (cells[0], cells[1], cells[2])),
    ];

    [Fact]
    public void Every_usual_cause_of_every_case_is_in_the_table() =>
        Assert.Equal(
            ConformanceCatalogue
                // A search tries everything at random, and names no single fault.
                .Cases.Where(static item => !MutantRuns.Searches.Contains(item.Id))
                .SelectMany(static item => item.UsualCauses.Select(cause => $"{item.Id}: {Cell(cause)}"))
                .Order(),
            Table.Select(static row => $"{row.Case}: {row.Cause}").Order()
        );

    [Fact]
    public async Task The_case_that_names_a_cause_rejects_the_broken_store_that_has_it()
    {
        var wrong = new List<string>();
        foreach (var (id, cause, mutant) in Table.Where(static row => row.Mutant != None))
        {
            var killers = await MutantRuns.KillersAsync(mutant, TestContext.Current.CancellationToken);
            if (!killers.Contains(id))
            {
                wrong.Add($"{id} \"{cause}\": {mutant}");
            }
        }

        Assert.Empty(wrong);
    }

    // What a store in memory cannot have (a native library, a lost power line) or has in the same way as another cause of the case.
    [Fact]
    public void The_causes_without_a_broken_store_do_not_become_more() =>
        Assert.InRange(Table.Count(static row => row.Mutant == None), 0, AtMostWithout);

    private const int AtMostWithout = 16;

    private static string Cell(string cause) => cause.Replace("|", "\\|", StringComparison.Ordinal);
}
