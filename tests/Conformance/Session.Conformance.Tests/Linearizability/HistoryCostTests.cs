namespace ServerSessions.Conformance.Tests.Linearizability;

/// <summary>What the search costs, counted in states: a time would be the machine's.</summary>
public sealed class HistoryCostTests(ITestOutputHelper output)
{
    private const int Callers = 6;

    [Theory]
    [InlineData(5_000, 0, 30)]
    [InlineData(5_000, 20, 150)]
    [InlineData(2_000, 10, 1000)]
    public void A_long_history_on_one_session_costs_a_few_states_for_each_call(int calls, int unknown, int most)
    {
        var seed = Random.Shared.Next();
        var verdict = DrawnHistory.Judge(TrueHistory.Draw(new Random(seed), Callers, calls, unknown));
        output.WriteLine($"seed {seed}: {verdict}");

        Assert.Equal((calls, unknown, 0), (verdict.Calls, verdict.UnknownOutcomes, verdict.Undecided));
        Assert.Empty(verdict.Violations.Select(static violation => $"{violation}"));
        Assert.InRange(verdict.StatesVisited, 1, (long)calls * most);
    }

    [Fact]
    public void One_wrong_result_in_a_long_history_is_found()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var calls = TrueHistory.Draw(new Random(seed), Callers, 2_000, unknown: 0);

        // What was replaced a thousand calls ago.
        var at = calls.FindLastIndex(static call => call.Act == "get" && call.Content > 0);
        var old = calls.Find(static call => call.Act == "set")!;
        calls[at] = calls[at] with { Content = old.Content, Minutes = old.Minutes };

        Assert.Single(DrawnHistory.Judge(calls).Violations);
    }
}

/// <summary>Histories that a real order explains: each call has its effect at a moment between its start and its end.</summary>
internal static class TrueHistory
{
    // Column units from the start of a call to its end, at most.
    private const int Longest = 40;

    public static List<DrawnCall> Draw(Random random, int callers, int count, int unknown)
    {
        var free = new int[callers];
        var calls = new List<(DrawnCall Call, int At)>();
        for (var i = 0; i < count; i++)
        {
            // The caller that is free first calls next. Columns of two callers differ.
            var caller = Array.IndexOf(free, free.Min());
            var start = free[caller] + random.Next(1, 10);
            var end = start + random.Next(2, Longest);
            free[caller] = end;
            var act = random.Next(10) switch
            {
                < 4 => "get",
                < 6 => "set",
                6 => "destroy",
                7 => "touch",
                8 => "gat",
                _ => "try",
            };
            var minutes = random.Next(2) == 0 ? 60 : 90;
            var call = new DrawnCall($"{caller}", act, i + 1, minutes, "", 0, (start * callers) + caller, (end * callers) + caller);
            calls.Add((call, random.Next(call.Start, call.End!.Value)));
        }

        var lost = Enumerable.Range(0, count).Where(i => calls[i].Call.Act != "get").OrderBy(_ => random.Next()).Take(unknown).ToHashSet();
        var (content, until) = (0, 0);
        foreach (var (index, at) in calls.Select(static (one, i) => (Index: i, one.At)).OrderBy(static one => one.At).ToList())
        {
            var isLost = lost.Contains(index);
            var call = calls[index].Call;
            var isThere = content != 0;
            if (isLost && random.Next(2) == 0)
            {
                calls[index] = (call with { End = null }, at);
                continue;
            }

            var effect = call.Act switch
            {
                "get" => call with { Content = content, Minutes = until },
                "touch" => call with { Result = isThere ? "+" : "" },
                "gat" => call with { Content = content, Result = "+" },
                "try" when random.Next(3) == 0 && isThere => call with { Expected = content - 1, Result = "changed" },
                "try" => call with { Expected = content, Result = "stored" },
                _ => call,
            };
            (content, until) = (call.Act, isThere) switch
            {
                ("set", _) or ("try", _) when effect.Result != "changed" => (call.Content, call.Minutes),
                ("destroy", _) => (0, 0),
                ("touch" or "gat", true) => (content, call.Minutes),
                _ => (content, until),
            };
            calls[index] = (isLost ? effect with { End = null } : effect, at);
        }

        return [.. calls.Select(static one => one.Call)];
    }
}
