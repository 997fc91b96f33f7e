using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CAN: cancellation ends the caller's wait.</summary>
internal static class CancellationCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "CAN-01",
            "With a token that is cancelled already an operation throws OperationCanceledException, or completes with the true result.",
            "A visitor who closes the page is logged as an outage of the database, or loses the session; an operator is alerted.",
            [
                "OperationCanceledException is wrapped into a SessionStoreException",
                "the driver's own cancellation exception gets out",
                "a cancelled call returns what it has so far: null, false, 0, an empty list",
                "a cancelled write returns without an exception, and nothing is written",
            ],
            CancelledBeforeAsync,
            alone: true
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
            "While the backend hangs, cancellation ends the wait of every operation.",
            "Requests of visitors who have long gone pile up until the site stands still.",
            [
                "the token is not passed on",
                "the driver has none: WaitAsync around the call is missing",
                "one operation has the token and another one not: a write, a listing, clear, prune",
            ],
            async t =>
            {
                var sid = t.NewSid();
                await FaultCases.PutAsync(t, sid, t.Record(CaseContext.Hour));
                await t.BreakAsync(StoreFault.Hang);
                try
                {
                    using var source = new CancellationTokenSource();
                    var calls = StoreCalls
                        .Of(t, sid)
                        .Select(call => (call.What, Ended: IgnoreCancellationAsync(() => call.Make(source.Token))))
                        .ToArray();
                    await source.CancelAsync();
                    t.Transcript.Note("(cancelled)");
                    await t.WaitForAsync(Task.WhenAll(calls.Select(static call => call.Ended)));
                    foreach (var (what, ended) in calls)
                    {
                        t.ExpectEnded(ended, $"{what} from a backend that hangs, cancelled");
                    }
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
                    var calls = StoreCalls
                        .Of(t, sid)
                        .Select(static call => (call.What, Ended: EndAsync(() => call.Make(CancellationToken.None))))
                        .ToArray();
                    await t.WaitForAsync(Task.WhenAll(calls.Select(static call => call.Ended)));
                    foreach (var (what, ended) in calls)
                    {
                        t.ExpectEnded(ended, $"{what} while the backend hangs");
                        var thrown = ended.IsCompleted ? await ended : null;
                        t.Expect.That(
                            thrown is null or SessionStoreUnavailableException,
                            $"{what} while the backend hangs: {nameof(SessionStoreUnavailableException)}",
                            $"{thrown?.GetType().Name}"
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

    private static async Task CancelledBeforeAsync(CaseContext t)
    {
        var (sid, fresh, ended) = (t.NewSid(), t.NewSid(), t.NewSid());
        var (record, later) = (t.Record(CaseContext.Hour), t.Record(CaseContext.Hour * 2));
        await t.Store.SetAsync(sid, record);
        await t.Store.SetAsync(ended, record);
        var token = new CancellationToken(canceled: true);
        SessionRecord? read = null;
        if (await CancelledOrDoneAsync(t, "get", async () => read = await t.Store.GetAsync(sid, token)))
        {
            Expect(
                "get",
                read is not null && Payloads.Same(record.Payload, read.Payload, t.Settings.Fidelity),
                "absent, or another session"
            );
        }

        if (await CancelledOrDoneAsync(t, "set", () => t.Store.SetAsync(fresh, record, token)))
        {
            await t.ExpectSessionAsync(fresh, record, "after a set with a cancelled token that completed");
        }

        await OptionalCallsAsync();
        if (await CancelledOrDoneAsync(t, "destroy", () => t.Store.DestroyAsync(ended, token)))
        {
            await t.ExpectAbsentAsync(ended, "after a destroy with a cancelled token that completed");
        }

        if (t.Store.Raw is IEnumerableSessionStore && await CancelledOrDoneAsync(t, "clear", () => t.Store.ClearAsync(token)))
        {
            await t.ExpectAbsentAsync(sid, "after a clear with a cancelled token that completed");
        }

        void Expect(string what, bool isTrue, string observed) =>
            t.Expect.That(isTrue, $"{what} with a cancelled token that completes: the true result", observed);

        async Task OptionalCallsAsync()
        {
            if (t.Store.Raw is IEnumerableSessionStore)
            {
                var (listed, length) = (0, 0L);
                if (await CancelledOrDoneAsync(t, "all", async () => listed = (await t.Store.ListAsync(token)).Count))
                {
                    Expect("all", listed >= 2, $"{listed} sessions of 2 or more");
                }

                if (await CancelledOrDoneAsync(t, "length", async () => length = await t.Store.LengthAsync(token)))
                {
                    Expect("length", length >= 2, $"{length} sessions of 2 or more");
                }
            }

            if (t.Store.Raw is ITouchableSessionStore)
            {
                var touched = true;
                if (await CancelledOrDoneAsync(t, "touch", async () => touched = await t.Store.TouchAsync(sid, later, token)))
                {
                    Expect("touch", touched, "false for a session that is there");
                    if (await t.Store.GetAsync(sid) is { } moved)
                    {
                        t.ExpectExpires(later.Expires!.Value, moved, "after a touch with a cancelled token that completed");
                    }
                }
            }

            if (t.Store.Raw is IGetAndTouchSessionStore)
            {
                var result = default(GetAndTouchResult);
                if (
                    await CancelledOrDoneAsync(t, "get and touch", async () =>
                        result = await t.Store.GetAndTouchAsync(sid, default, later.Expires, token)
                    )
                )
                {
                    Expect("get and touch", result.Record is not null, "absent");
                }
            }

            if (t.Store.Raw is IConditionalSessionStore)
            {
                var (created, result) = (t.NewSid(), ConditionalSetResult.Stored);
                if (await CancelledOrDoneAsync(t, "try-set", async () => result = await t.Store.TrySetAsync(created, record, null, token)))
                {
                    Expect("try-set", result == ConditionalSetResult.Stored, $"{result} for a session that is absent");
                    await t.ExpectSessionAsync(created, record, "after a try-set with a cancelled token that completed");
                }
            }
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

    /// <returns>Whether the call completed.</returns>
    private static async Task<bool> CancelledOrDoneAsync(CaseContext t, string what, Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (StoreThrewException threw)
        {
            t.Expect.That(
                threw.InnerException is OperationCanceledException,
                $"{what} with a cancelled token: OperationCanceledException, or it completes",
                threw.InnerException!.GetType().Name
            );
            return false;
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
