using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>ERR: what every operation does while the backend is unreachable.</summary>
internal static class OutageCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "ERR-09",
            "While the backend is unreachable no operation has a result: neither absence, nor success, nor an empty list.",
            "'Sign me out everywhere' says that it has worked, and no user is signed out; every user looks signed out during an outage.",
            [
                "touch and get-and-touch catch what get lets out, and the session is absent",
                "clear, destroy or prune report success from a catch around the call",
                "an empty list and a length of 0 stand for a backend that is away",
                "a queue takes the write, and it is acknowledged before the backend is there",
            ],
            async t =>
            {
                var sid = t.NewSid();
                await FaultCases.PutAsync(t, sid, t.Record(CaseContext.Hour));
                await t.BreakAsync(StoreFault.Unavailable);
                try
                {
                    await ExpectNoResultAsync(t, sid, "while the backend is unreachable");
                }
                finally
                {
                    await t.MendAsync();
                }
            },
            CaseNeeds.Outage,
            alone: true
        ),
        Recommended(
            "ERR-03",
            "While the backend is unreachable every operation fails with a SessionStoreException that says it is transient.",
            "The middleware cannot tell an outage from a fault in the application, and responds with 500 instead of 503.",
            ["the driver's own exception gets out", "IsTransient is false", "the operations of one interface are translated, others not"],
            async t =>
            {
                var sid = t.NewSid();
                await FaultCases.PutAsync(t, sid, t.Record(CaseContext.Hour));
                await t.BreakAsync(StoreFault.Unavailable);
                try
                {
                    await Task.WhenAll(StoreCalls.Of(t, sid).Select(call => ExpectTransientAsync(t, call)));
                }
                finally
                {
                    await t.MendAsync();
                }
            },
            CaseNeeds.Outage,
            alone: true
        ),
    ];

    /// <summary>Every operation throws, and none says that the session is not there.</summary>
    public static Task ExpectNoResultAsync(CaseContext t, string sid, string when) =>
        Task.WhenAll(
            StoreCalls
                .Of(t, sid)
                .Select(async call =>
                {
                    try
                    {
                        var result = await call.Make(CancellationToken.None);
                        t.Expect.Add($"{call.What} {when}: an exception", result);
                    }
                    catch (StoreThrewException threw)
                    {
                        t.Expect.That(
                            threw.InnerException is not SessionNotFoundException,
                            $"{call.What} {when}: an exception",
                            $"absent ({nameof(SessionNotFoundException)})"
                        );
                    }
                })
        );

    private static async Task ExpectTransientAsync(CaseContext t, StoreCall call)
    {
        const string Expected = "a SessionStoreException with IsTransient";
        try
        {
            var result = await call.Make(CancellationToken.None);
            t.Expect.Add($"{call.What} while the backend is unreachable: {Expected}", result);
        }
        catch (StoreThrewException threw)
        {
            t.Expect.That(
                threw.InnerException is SessionStoreException { IsTransient: true } and not SessionNotFoundException,
                $"{call.What} while the backend is unreachable: {Expected}",
                threw.InnerException is SessionStoreException
                    ? "a SessionStoreException that is not transient"
                    : threw.InnerException!.GetType().Name
            );
        }
    }
}
