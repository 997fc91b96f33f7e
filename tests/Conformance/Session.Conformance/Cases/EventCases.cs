using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>EVT: Connected and Disconnected, which open and close the site's sessions.</summary>
internal static class EventCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "EVT-01",
            "Normal use raises no Disconnected: absence, refused arguments and cancellation are no outage.",
            "Everybody is without a session until the next Connected, because of one visitor's odd cookie.",
            ["every exception raises Disconnected", "a cancelled call counts as a lost connection"],
            async t =>
            {
                var disconnected = 0;
                EventHandler handler = (_, _) => Interlocked.Increment(ref disconnected);
                t.Store.Raw.Disconnected += handler;
                try
                {
                    await t.Store.GetAsync(t.NewSid());
                    await t.Store.DestroyAsync(t.NewSid());
                    await Ignore(() => t.Store.GetAsync(""));
                    await Ignore(() => t.Store.SetAsync(t.NewSid(), null!));
                    await Ignore(() => t.Store.GetAsync(t.NewSid(), new CancellationToken(canceled: true)));
                    await Ignore(() => t.Store.SetAsync(t.NewSid(), t.Record(CaseContext.Hour), new CancellationToken(canceled: true)));
                }
                finally
                {
                    t.Store.Raw.Disconnected -= handler;
                }

                t.Expect.That(
                    disconnected == 0,
                    "absence, a refused argument, a cancelled call: no Disconnected",
                    $"raised {disconnected} times"
                );
            }
        ),
        Hardened(
            "EVT-02",
            "A store that raises Disconnected does so once an outage, and Connected once when it works again.",
            "The site stays without sessions after the outage, or flickers during it.",
            ["an event with every call that fails", "nothing looks whether the backend is back"],
            async t =>
            {
                var (down, up) = (0, 0);
                t.Store.Raw.Disconnected += (_, _) => Interlocked.Increment(ref down);
                t.Store.Raw.Connected += (_, _) => Interlocked.Increment(ref up);
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await FaultCases.PutAsync(t, sid, record);
                var upBefore = Volatile.Read(ref up);
                await t.BreakAsync(StoreFault.Unavailable);
                for (var i = 0; i < 3; i++)
                {
                    await Ignore(() => t.Store.GetAsync(sid));
                }

                var raised = Volatile.Read(ref down);
                await t.MendAsync();
                await FaultCases.Until(t, async () =>
                {
                    await t.Store.SetAsync(sid, record);
                    return Volatile.Read(ref down) == 0 || Volatile.Read(ref up) > upBefore;
                });
                t.Expect.That(raised <= 1, "three calls during one outage: Disconnected at most once", $"raised {raised} times");
                t.Expect.That(raised == 0 || up == upBefore + 1, "after the outage: Connected, once", $"raised {up - upBefore} times");
            },
            CaseNeeds.Outage,
            alone: true
        ),
        Recommended(
            "EVT-03",
            "Handlers can be added and removed at any time; a removed one is not called, and one that throws harms no call.",
            "A fault in a health check takes the sessions of the whole site with it.",
            ["events are raised inside the operation, and the handler's exception gets out"],
            async t =>
            {
                var called = 0;
                EventHandler counting = (_, _) => Interlocked.Increment(ref called);
                EventHandler throwing = (_, _) => throw new InvalidOperationException("a handler that throws");
                t.Store.Raw.Disconnected += counting;
                t.Store.Raw.Connected += counting;
                t.Store.Raw.Disconnected -= counting;
                t.Store.Raw.Connected -= counting;
                t.Store.Raw.Disconnected += throwing;
                t.Store.Raw.Connected += throwing;
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await FaultCases.PutAsync(t, sid, record);
                await t.BreakAsync(StoreFault.Unavailable);
                try
                {
                    await t.Store.GetAsync(sid);
                }
                catch (StoreThrewException threw)
                {
                    t.Expect.That(
                        threw.InnerException is SessionStoreException,
                        "get during an outage, with a handler that throws: the store's own exception",
                        threw.InnerException!.GetType().Name
                    );
                }

                await t.MendAsync();
                await FaultCases.Until(t, async () =>
                {
                    await t.Store.SetAsync(sid, record);
                    return true;
                });
                await t.ExpectSucceedsAsync(() => t.Store.SetAsync(sid, record), "set after an outage, with a handler that throws");
                t.Expect.That(called == 0, "a handler that was removed: not called", $"called {called} times");
            },
            CaseNeeds.Outage,
            alone: true
        ),
    ];

    public static async Task Ignore(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (StoreThrewException)
        {
            // What the store throws is judged elsewhere.
        }
    }
}
