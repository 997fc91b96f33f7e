using ServerSessions.Conformance.Tests.Mutants;

namespace ServerSessions.Conformance.Tests;

/// <summary>
/// A run of the kit for each mutant, once for all tests. Races are left out where they are not what the mutant is there for: their other
/// kills depend on the machine. Each case runs alone: of some mutants the order of calls decides who finds them.
/// </summary>
internal static class MutantRuns
{
    /// <summary>The cases that search: on a busy machine they try less in the time that they have. They end with what they find.</summary>
    public static IReadOnlyList<string> Searches { get; } = ["CON-09", "CON-10", "LIN-01", "LIN-02"];

    // Much of the time goes by in waiting for what a mutant never does.
    private static readonly SemaphoreSlim AtOnce = new(10);

    private static readonly Lazy<Dictionary<string, Task<ConformanceReport>>> Runs = new(static () =>
        AllMutants.All.ToDictionary(static mutant => mutant.Name, static mutant => Task.Run(() => RunAsync(mutant)), StringComparer.Ordinal)
    );

    public static Task<ConformanceReport> OfAsync(string name, CancellationToken cancellationToken) =>
        Runs.Value[name].WaitAsync(cancellationToken);

    /// <summary>The cases that reject a mutant.</summary>
    public static async Task<IReadOnlyList<string>> KillersAsync(string name, CancellationToken cancellationToken) =>
        [
            .. (await OfAsync(name, cancellationToken))
                .Results.Where(static result => result.IsFailure && result.Outcome != CaseOutcome.Blocked)
                .Select(static result => result.Case.Id),
        ];

    private static async Task<ConformanceReport> RunAsync(Mutant mutant)
    {
        await AtOnce.WaitAsync();
        try
        {
            var cases = ConformanceCatalogue
                .Cases.Where(item => item.Id == mutant.KilledBy || (!item.IsStochastic && !mutant.IsRacy))
                .Select(static item => item.Id);
            var options = new ConformanceRunOptions
            {
                Cases = [.. cases],
                AtOnce = 1,
                SearchTime = Searches.Contains(mutant.KilledBy) ? TimeSpan.FromMinutes(1) : TimeSpan.Zero,
            };
            await using var runner = new ConformanceRunner(mutant.Harness(), options);
            return await runner.RunAsync();
        }
        finally
        {
            AtOnce.Release();
        }
    }
}
