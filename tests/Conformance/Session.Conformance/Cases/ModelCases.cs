using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CON-10: random programs against a model.</summary>
internal static class ModelCases
{
    private const int Programs = 120;
    private const int Steps = 14;

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "CON-10",
            "Random sequences of get, set, destroy, touch and passing time give the results of the contract.",
            "Something goes wrong that no single rule names, and only now and then.",
            ["operations leave something behind that a later one meets; the shortest failing program is in the transcript"],
            async t =>
            {
                for (var i = 0; i < Programs; i++)
                {
                    var program = ModelProgram.Random(t.Random, Steps, t.Store.Raw is ITouchableSessionStore);
                    if (await program.FirstDifferenceAsync(t) is { } difference)
                    {
                        var (shortest, seen) = await program.ShrinkAsync(t, difference);
                        t.Transcript.Note($"the shortest program that fails: {shortest}");
                        t.Expect.Add($"the results of the model for: {shortest}", seen);
                        return;
                    }
                }
            },
            CaseNeeds.ExactTime
        ),
    ];
}
