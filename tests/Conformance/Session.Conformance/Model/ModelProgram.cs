using System.Diagnostics;

namespace ServerSessions.Conformance;

/// <summary>What a store and its harness can do, as far as programs use it.</summary>
internal sealed record ModelAbilities(IReadOnlyList<ModelAct> Acts, bool Peers);

/// <summary>A program of steps on a few sessions, which a model can judge as well as a store can run it.</summary>
internal sealed class ModelProgram(IReadOnlyList<ModelStep> steps, IReadOnlyList<string> sids, bool breaks)
{
    public const int Sessions = 4;

    private const int Length = 40;
    private const int Long = 200;
    private const int Rare = 12;
    private const int OfOnePlace = 5;

    public IReadOnlyList<ModelStep> Steps => steps;

    public IReadOnlyList<string> Sids => sids;

    /// <summary>Whether it has an outage: its store gets a short timeout then.</summary>
    public bool Breaks => breaks;

    public static ModelProgram Random(CaseContext t, Random random, ModelAbilities abilities)
    {
        var sids = ModelContents.NewIds(t, random);
        var breaks = abilities.Acts.Contains(ModelAct.Outage) && random.Next(8) == 0;

        // Several programs need what only a few acts, one session or one store lead to.
        var focus = random.Next(4) == 0 ? random.Next(Sessions) : -1;
        var peers = abilities.Peers && random.Next(2) == 0;
        List<ModelAct> acts = [.. abilities.Acts.Where(act => act != ModelAct.Outage || breaks)];
        if (random.Next(3) == 0)
        {
            acts = [.. acts.Where(_ => random.Next(2) == 0), ModelAct.Set, ModelAct.Get];
        }

        var length = random.Next(Rare) == 0 ? Long : Length;
        return new ModelProgram([.. Enumerable.Range(0, length).Select(_ => Step())], sids, breaks);

        ModelStep Step()
        {
            var act = acts[random.Next(acts.Count)];
            if (act == ModelAct.Outage)
            {
                // One is enough, and each takes as long as the store waits.
                acts = [.. acts.Where(static other => other != ModelAct.Outage)];
            }

            var place = random.Next(OfOnePlace) switch
            {
                0 or 1 when peers => ModelPlace.Peer,
                2 when random.Next(2) == 0 => ModelPlace.Beside,
                _ => ModelPlace.Own,
            };
            return new ModelStep(
                act,
                focus >= 0 && random.Next(3) > 0 ? focus : random.Next(Sessions),
                act is ModelAct.Pass or ModelAct.StepBack or ModelAct.Outage or ModelAct.Reopen ? ModelPlace.Own : place,
                random.Next(ModelLives.Count),
                random.Next(3) == 0 ? random.Next(ModelContents.Count) : 0
            );
        }
    }

    /// <summary>The shortest program that still breaks a rule: steps are left out, many at a time at first, then made simpler.</summary>
    public async Task<(ModelProgram Shortest, ModelFinding Finding)> ShrinkAsync(
        ModelFinding finding,
        Func<ModelProgram, Task<ModelFinding?>> run,
        int mostRuns,
        TimeSpan atMost
    )
    {
        var started = Stopwatch.GetTimestamp();
        List<ModelStep> current = [.. steps];
        for (var size = current.Count / 2; size > 0; size /= 2)
        {
            for (var at = current.Count - size; at >= 0; at -= size)
            {
                await TryAsync([.. current.Take(at), .. current.Skip(at + size)]);
            }
        }

        await TryAsync([.. current.Select(static step => step with { Place = ModelPlace.Own })]);
        for (var pass = 0; pass < 2; pass++)
        {
            for (var at = current.Count - 1; at >= 0; at--)
            {
                if (!await TryAsync([.. current.Take(at), .. current.Skip(at + 1)]))
                {
                    await SimplifyAsync(at);
                }
            }
        }

        return (new ModelProgram(current, sids, breaks), finding);

        async Task SimplifyAsync(int at)
        {
            var simplified = true;
            while (simplified)
            {
                simplified = false;
                foreach (var simpler in current[at].Simpler())
                {
                    simplified = simplified || await TryAsync([.. current.Take(at), simpler, .. current.Skip(at + 1)]);
                }
            }
        }

        async Task<bool> TryAsync(List<ModelStep> shorter)
        {
            if (mostRuns-- <= 0 || Stopwatch.GetElapsedTime(started) > atMost)
            {
                return false;
            }

            if (await run(new ModelProgram(shorter, sids, breaks)) is not { } still)
            {
                return false;
            }

            (current, finding) = (shorter, still);
            return true;
        }
    }

    public override string ToString() => string.Join("; ", steps);
}

/// <summary>A rule of the contract that a program breaks.</summary>
/// <param name="RuleId">The id of the case whose rule it is.</param>
/// <param name="Observed">What was observed.</param>
/// <param name="Lines">The calls that matter.</param>
internal sealed record ModelFinding(string RuleId, string Observed, IReadOnlyList<string> Lines);
