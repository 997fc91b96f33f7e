using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CON-09: what several callers see of one session, taken together.</summary>
internal static class HistoryCases
{
    private const int Callers = 3;
    private const int CallsEach = 4;
    private const int Rounds = 40;

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "CON-09",
            "Calls on one session are linearizable: one order, with each call between its start and its end, explains all results.",
            "A user sees the cart of a moment ago again after the next click, or is signed in again for one page after signing out.",
            [
                "a write is acknowledged before it can be read",
                "reads come from a copy that lags behind",
                "two writes are applied in another order than they were acknowledged in",
            ],
            async t =>
            {
                for (var round = 0; round < Rounds; round++)
                {
                    var sid = t.NewSid();
                    var history = new CallHistory();
                    var plans = Enumerable
                        .Range(0, Callers)
                        .Select(_ => Enumerable.Range(0, CallsEach).Select(_ => t.Random.Next(10)).ToArray())
                        .ToArray();
                    await Race.TogetherAsync(Callers, async caller =>
                    {
                        for (var i = 0; i < CallsEach; i++)
                        {
                            // Sets and gets alternate: a set that is followed by its own caller's get is what lagging stores fail at.
                            await CallAsync(
                                t,
                                history,
                                sid,
                                plans[caller][i],
                                sets: (i + caller) % 2 == 0,
                                value: (caller * CallsEach) + i + 1
                            );
                        }
                    });
                    await CallAsync(t, history, sid, 9, sets: false, value: 0);
                    if (!history.IsLinearizable())
                    {
                        t.Expect.Add("an order of the calls that explains every result", $"there is none: {history}");
                        return;
                    }
                }
            },
            CaseNeeds.None,
            races: true
        ),
    ];

    private static async Task CallAsync(CaseContext t, CallHistory history, string sid, int dice, bool sets, int value)
    {
        var call = history.Begin(sets ? (dice < 2 ? CallHistory.Kind.Destroy : CallHistory.Kind.Set) : CallHistory.Kind.Get, value);
        switch (call.Kind)
        {
            case CallHistory.Kind.Set:
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, $"{value}"));
                break;
            case CallHistory.Kind.Destroy:
                await t.Store.DestroyAsync(sid);
                break;
            default:
                call.Value = await t.Store.GetAsync(sid) is { } record
                    ? int.Parse(CaseContext.ValueOf(record)!.Trim('"'), System.Globalization.CultureInfo.InvariantCulture)
                    : CallHistory.Absent;
                break;
        }

        history.End(call);
    }
}
