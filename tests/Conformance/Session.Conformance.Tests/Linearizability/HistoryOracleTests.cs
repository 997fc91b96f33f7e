namespace ServerSessions.Conformance.Tests.Linearizability;

/// <summary>The search against one that tries all orders: slow, and simple enough to be read.</summary>
public sealed class HistoryOracleTests(ITestOutputHelper output)
{
    private const int Histories = 4000;
    private const int Calls = 6;

    private static readonly string[] Results = ["stored", "missing", "changed", "uncertain"];

    [Fact]
    public void Random_histories_are_judged_as_by_trying_all_orders()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var bad = 0;
        for (var i = 0; i < Histories; i++)
        {
            var history = Draw(random);
            var explained = Explains(history, 0, 60);
            var verdict = DrawnHistory.Judge(history);
            if (explained != (verdict.Violations.Count == 0) || verdict.Undecided > 0)
            {
                var what = explained ? "an order exists" : "no order exists";
                Assert.Fail($"seed {seed}, history {i}: {what}\n{string.Join('\n', history)}\n{verdict}");
            }

            bad += explained ? 0 : 1;
        }

        // Else one of the two would hardly be asked.
        Assert.InRange(bad, Histories / 10, Histories * 9 / 10);
    }

    /// <summary>Calls of three callers, whose results are drawn as well: about half of the histories are impossible.</summary>
    private static List<DrawnCall> Draw(Random random)
    {
        var ends = new int[3];
        List<DrawnCall> calls = [];
        for (var i = 0; i < Calls; i++)
        {
            var caller = random.Next(3);
            var start = (ends[caller] + random.Next(1, 6)) * 10 + caller;
            int? end = random.Next(5) == 0 && i > 0 ? null : start + (random.Next(1, 12) * 10);
            ends[caller] = (end ?? start + 10) / 10;
            var act = random.Next(10) switch
            {
                < 3 => "get",
                < 6 => "set",
                6 => "destroy",
                7 => "touch",
                8 => "gat",
                _ => "try",
            };

            // Unknown reads are no calls of the history.
            end = act == "get" ? end ?? start + 10 : end;
            var content = act is "get" or "gat" ? random.Next(Math.Min(3, i + 1)) : i + 1;
            var minutes = act == "touch" || random.Next(6) == 0 ? 90 : 60;
            var (result, expected) = act switch
            {
                "try" => (Results[random.Next(Results.Length)], random.Next(3)),
                "touch" => (random.Next(3) > 0 ? "+" : "", 0),
                _ => ("+", 0),
            };
            calls.Add(new DrawnCall($"{caller}", act, content, minutes, result, expected, start, end));
        }

        return calls;
    }

    /// <summary>Whether the calls that are left can follow, in some order, on a session of this content and expiry.</summary>
    private static bool Explains(List<DrawnCall> left, int content, int minutes)
    {
        if (left.TrueForAll(static call => call.End is null))
        {
            return true;
        }

        var firstEnd = left.Min(static call => call.End ?? int.MaxValue);
        return left.Where(call => call.Start < firstEnd)
            .Any(call =>
                After(call, content, minutes)
                    .Any(next => Explains([.. left.Where(other => other != call)], next.Content, next.Minutes))
            );
    }

    private static IEnumerable<(int Content, int Minutes)> After(DrawnCall call, int content, int minutes)
    {
        var (isUnknown, isThere, same) = (call.End is null, content != 0, (content, minutes));
        switch (call.Act)
        {
            case "set":
                return [(call.Content, call.Minutes)];
            case "destroy":
                return [(0, 0)];
            case "get":
                return call.Content == content && (!isThere || call.Minutes == minutes) ? [same] : [];
            case "touch":
                return isUnknown || call.IsThere == isThere ? [isThere ? (content, call.Minutes) : same] : [];
            case "gat":
                return isUnknown || call.Content == content ? [isThere ? (content, call.Minutes) : same] : [];
        }

        var matches = call.Expected == content;
        var result = isUnknown ? ConditionalSetResult.Uncertain : call.ToTrySetResult();
        return result switch
        {
            ConditionalSetResult.Stored => matches ? [(call.Content, call.Minutes)] : [],
            ConditionalSetResult.Missing => !isThere && call.Expected != 0 ? [same] : [],
            ConditionalSetResult.Changed => isThere && !matches ? [same] : [],
            _ => matches ? [(call.Content, call.Minutes), same] : [same],
        };
    }
}
