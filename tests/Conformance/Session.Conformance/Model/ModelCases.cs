using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CON-10: random programs against a model of the whole contract.</summary>
internal static class ModelCases
{
    private const int Programs = 100;
    private const int MostRuns = 400;

    // Shorter is nicer, and a failure that takes a while should still be told.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "CON-10",
            "Random programs of every call that the store can do, and of passing time, give the results of the contract.",
            "Something goes wrong that no single rule names, and only now and then.",
            ["operations leave something behind that a later one meets; the shortest failing program is in the transcript"],
            static async t =>
            {
                var abilities = await AbilitiesAsync(t);
                for (var round = 0; t.GoesOn(round, Programs); round++)
                {
                    var program = ModelProgram.Random(t, t.RandomOf(round), abilities);
                    if (await ModelRun.RunAsync(t, program) is { } finding)
                    {
                        await ReportAsync(t, program, finding, round);
                        return;
                    }
                }
            },
            CaseNeeds.None,
            races: true,
            alone: true
        ),
    ];

    private static async Task ReportAsync(CaseContext t, ModelProgram program, ModelFinding finding, int round)
    {
        var (shortest, seen) = await program.ShrinkAsync(finding, shorter => ModelRun.RunAsync(t, shorter), MostRuns, MostTime);
        t.Transcript.Note($"the shortest program that fails; it is the first one of seed {t.Seed + round}:");
        foreach (var step in shortest.Steps)
        {
            t.Transcript.Note($"  {step}");
        }

        foreach (var line in seen.Lines)
        {
            t.Transcript.Note(line);
        }

        t.Expect.Add(
            $"{seen.RuleId} {ConformanceCatalogue.Find(seen.RuleId)!.Rule}",
            $"{seen.Observed}. The program: {shortest}. It is the first one of seed {t.Seed + round}."
        );
    }

    private static async Task<ModelAbilities> AbilitiesAsync(CaseContext t)
    {
        var store = t.Store.Raw;
        var isVirtual = t.Time.Mode == StoreTime.Virtual;
        var peers = t.Settings.PeerStaleness == TimeSpan.Zero && await OffersAsync(() => t.PeerAsync());
        List<ModelAct> acts =
        [
            .. Enumerable.Repeat(ModelAct.Get, 6),
            .. Enumerable.Repeat(ModelAct.Set, 5),
            .. Enumerable.Repeat(ModelAct.Destroy, 2),
            ModelAct.Cancel,
            .. store is ITouchableSessionStore ? (ModelAct[])[ModelAct.Touch, ModelAct.Touch] : [],
            .. store is IGetAndTouchSessionStore ? (ModelAct[])[ModelAct.GetAndTouch, ModelAct.GetAndTouch] : [],
            .. store is IConditionalSessionStore ? Enumerable.Repeat(ModelAct.TrySet, 3) : [],
            .. store is IEnumerableSessionStore ? (ModelAct[])[ModelAct.List, ModelAct.List, ModelAct.Length, ModelAct.Clear] : [],
            .. store is IPrunableSessionStore ? (ModelAct[])[ModelAct.Prune] : [],
            .. isVirtual ? (ModelAct[])[ModelAct.Pass, ModelAct.Pass, ModelAct.Pass, ModelAct.StepBack] : [],
            .. t.Harness.Faults.Contains(StoreFault.Unavailable) ? (ModelAct[])[ModelAct.Outage] : [],
            .. await OffersAsync(() => t.ReopenAsync(t.Request)) ? (ModelAct[])[ModelAct.Reopen] : [],
        ];
        return new ModelAbilities(acts, peers);
    }

    private static async Task<bool> OffersAsync(Func<Task<RecordingStore>> make)
    {
        try
        {
            await make();
            return true;
        }
        catch (NotOfferedException)
        {
            return false;
        }
    }
}
