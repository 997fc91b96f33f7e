using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CAN: cancellation ends the caller's wait.</summary>
internal static class CancellationCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "CAN-01",
            "With a token that is cancelled already an operation throws OperationCanceledException, or completes; nothing else.",
            "A visitor who closes the page is logged as an outage of the database, and alerts an operator.",
            ["OperationCanceledException is wrapped into a SessionStoreException", "the driver's own cancellation exception gets out"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                var token = new CancellationToken(canceled: true);
                await ExpectCancelledOrDoneAsync(t, "get", () => t.Store.GetAsync(sid, token));
                await ExpectCancelledOrDoneAsync(t, "set", () => t.Store.SetAsync(t.NewSid(), record, token));
                await ExpectCancelledOrDoneAsync(t, "destroy", () => t.Store.DestroyAsync(t.NewSid(), token));
                if (t.Store.Raw is ITouchableSessionStore)
                {
                    await ExpectCancelledOrDoneAsync(t, "touch", () => t.Store.TouchAsync(sid, record, token));
                }

                if (t.Store.Raw is IGetAndTouchSessionStore)
                {
                    await ExpectCancelledOrDoneAsync(t, "get and touch", () =>
                        t.Store.GetAndTouchAsync(sid, default, record.Expires, token)
                    );
                }

                if (t.Store.Raw is IConditionalSessionStore)
                {
                    await ExpectCancelledOrDoneAsync(t, "try-set", () => t.Store.TrySetAsync(t.NewSid(), record, null, token));
                }

                if (t.Store.Raw is IEnumerableSessionStore)
                {
                    await ExpectCancelledOrDoneAsync(t, "length", () => t.Store.LengthAsync(token));
                }
            }
        ),
        Required(
            "CAN-02",
            "After cancelled operations the store works.",
            "One visitor who closes the page stops the site for everybody.",
            ["a lock or a connection is not given back", "a half-read reply stays in the connection"],
            async t =>
            {
                for (var round = 0; round < 20; round++)
                {
                    using var source = new CancellationTokenSource();
                    var calls = Enumerable
                        .Range(0, 4)
                        .Select(_ =>
                            IgnoreCancellationAsync(
                                () => t.Store.SetAsync(t.NewSid(), t.Record(CaseContext.Hour), source.Token),
                                () => t.Store.GetAsync(t.NewSid(), source.Token)
                            )
                        )
                        .ToArray();
                    await source.CancelAsync();
                    await Task.WhenAll(calls);
                }

                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                await t.ExpectSessionAsync(sid, record, "after 160 cancelled calls");
            },
            races: true,
            alone: true
        ),
        Required(
            "CAN-03",
            "A set that is cancelled leaves the old session or the new one, whole.",
            "A visitor who closes the page in the wrong moment loses the session.",
            ["the old entry is removed first", "a file is written in place"],
            async t =>
            {
                for (var round = 0; round < 30; round++)
                {
                    var sid = t.NewSid();
                    var old = t.Record(CaseContext.Hour, "old");
                    await t.Store.SetAsync(sid, old);
                    var next = t.Record(CaseContext.Hour, "new");
                    using var source = new CancellationTokenSource();
                    var call = IgnoreCancellationAsync(() => t.Store.SetAsync(sid, next, source.Token));
                    await source.CancelAsync();
                    await call;
                    await IgnoreCancellationAsync(() => t.Store.SetAsync(sid, next, new CancellationToken(canceled: true)));
                    var read = await t.Store.GetAsync(sid);
                    t.Expect.That(
                        read is not null
                            && (
                                Payloads.Same(old.Payload, read.Payload, t.Settings.Fidelity)
                                || Payloads.Same(next.Payload, read.Payload, t.Settings.Fidelity)
                            ),
                        "after a cancelled set: the old session or the new one",
                        read is null ? "absent" : "neither"
                    );
                }
            },
            races: true
        ),
        Recommended(
            "CAN-04",
            "While the backend hangs, cancellation ends the wait.",
            "Requests of visitors who have long gone pile up until the site stands still.",
            ["the token is not passed on", "the driver has none: WaitAsync around the call is missing"],
            async t =>
            {
                var sid = t.NewSid();
                await FaultCases.PutAsync(t, sid, t.Record(CaseContext.Hour));
                await t.BreakAsync(StoreFault.Hang);
                try
                {
                    using var source = new CancellationTokenSource();
                    var call = IgnoreCancellationAsync(() => t.Store.GetAsync(sid, source.Token));
                    await source.CancelAsync();
                    var ended = await Task.WhenAny(call, Task.Delay(t.Settings.Patience)) == call;
                    t.Expect.That(
                        ended,
                        "get from a backend that hangs, cancelled: it ends",
                        $"it still waits after {t.Settings.Patience.TotalSeconds:0.#} seconds"
                    );
                }
                finally
                {
                    await t.MendAsync();
                }
            },
            CaseNeeds.Hang,
            alone: true
        ),
        Required(
            "CAN-05",
            "A store that says that it bounds its calls (BoundsCalls) ends each call by itself while the backend hangs.",
            "The middleware sets no timeout for such a store, so one backend that hangs holds every request for ever.",
            [
                "BoundsCalls is true because the driver has a timeout, which is not for every call",
                "the wait for a connection, or for a lock of the store, has no limit",
            ],
            async t =>
            {
                var sid = t.NewSid();
                await FaultCases.PutAsync(t, sid, t.Record(CaseContext.Hour));
                await t.BreakAsync(StoreFault.Hang);
                try
                {
                    var calls = Calls(t, sid).Select(static call => (call.What, Ended: EndAsync(call.Make))).ToArray();
                    await Task.WhenAny(Task.WhenAll(calls.Select(static call => call.Ended)), Task.Delay(t.Settings.Patience));
                    foreach (var (what, ended) in calls)
                    {
                        t.Expect.That(
                            ended.IsCompletedSuccessfully,
                            $"{what} while the backend hangs: it ends",
                            $"it still waits after {t.Settings.Patience.TotalSeconds:0.#} seconds"
                        );
                        t.Expect.That(
                            !ended.IsCompletedSuccessfully || await ended is null or SessionStoreUnavailableException,
                            $"{what} while the backend hangs: {nameof(SessionStoreUnavailableException)}",
                            ended.IsCompletedSuccessfully ? (await ended)?.GetType().Name ?? "" : ""
                        );
                    }
                }
                finally
                {
                    await t.MendAsync();
                }
            },
            CaseNeeds.Hang | CaseNeeds.BoundedCalls,
            alone: true
        ),
    ];

    /// <summary>A call of each method that the store has, without a token.</summary>
    private static IEnumerable<(string What, Func<Task> Make)> Calls(CaseContext t, string sid)
    {
        var record = t.Record(CaseContext.Hour);
        yield return ("get", () => t.Store.GetAsync(sid));
        yield return ("set", () => t.Store.SetAsync(t.NewSid(), record));
        yield return ("destroy", () => t.Store.DestroyAsync(t.NewSid()));
        if (t.Store.Raw is ITouchableSessionStore)
        {
            yield return ("touch", () => t.Store.TouchAsync(sid, record));
        }

        if (t.Store.Raw is IGetAndTouchSessionStore)
        {
            yield return ("get and touch", () => t.Store.GetAndTouchAsync(sid, default, record.Expires));
        }

        if (t.Store.Raw is IConditionalSessionStore)
        {
            yield return ("try-set", () => t.Store.TrySetAsync(t.NewSid(), record, null));
        }

        if (t.Store.Raw is IPrunableSessionStore)
        {
            yield return ("prune", () => t.Store.PruneAsync(1));
        }

        if (t.Store.Raw is IEnumerableSessionStore)
        {
            yield return ("all", () => t.Store.ListAsync());
            yield return ("length", () => t.Store.LengthAsync());
            yield return ("clear", () => t.Store.ClearAsync());
        }
    }

    /// <summary>Waits for a call, and returns what it throws; <see langword="null"/> if it succeeds.</summary>
    private static async Task<Exception?> EndAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (StoreThrewException threw)
        {
            return threw.InnerException;
        }
    }

    private static async Task ExpectCancelledOrDoneAsync(CaseContext t, string what, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (StoreThrewException threw)
        {
            t.Expect.That(
                threw.InnerException is OperationCanceledException,
                $"{what} with a cancelled token: OperationCanceledException, or it completes",
                threw.InnerException!.GetType().Name
            );
        }
    }

    private static async Task IgnoreCancellationAsync(params Func<Task>[] calls)
    {
        foreach (var call in calls)
        {
            try
            {
                await call();
            }
            catch (StoreThrewException threw) when (threw.InnerException is OperationCanceledException or SessionStoreException)
            {
                // What it is worth is judged by what is there afterwards.
            }
        }
    }
}
