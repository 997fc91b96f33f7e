using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>DSP: the end of a store.</summary>
internal static class DisposalCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "DSP-01",
            "A store can be disposed twice, and in both ways if it has two.",
            "Shutting down ends with an error, and what comes after it (saving, signing off) does not happen.",
            ["a lock or token source that is disposed is used again"],
            async t =>
            {
                await t.Store.SetAsync(t.NewSid(), t.Record(CaseContext.Hour));
                await t.ExpectSucceedsAsync(t.Store.DisposeAsync, "the first disposal");
                await t.ExpectSucceedsAsync(t.Store.DisposeAsync, "the second disposal");
                if (t.Store.Raw is IDisposable disposable and IAsyncDisposable)
                {
                    var thrown = Catch(disposable.Dispose);
                    t.Expect.That(thrown is null, "Dispose after DisposeAsync: no exception", $"{thrown?.GetType().Name}");
                }
            },
            CaseNeeds.Disposal,
            alone: true
        ),
        Required(
            "DSP-02",
            "After disposal an operation works, or throws ObjectDisposedException; nothing else.",
            "Requests during shutdown are logged as faults of the application.",
            [
                "NullReferenceException from a field that was cleared",
                "a channel or semaphore that is closed gets out",
                "one operation does not look whether the store is disposed",
            ],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                await t.Store.DisposeAsync();
                foreach (var (what, make) in StoreCalls.Of(t, sid))
                {
                    try
                    {
                        await make(CancellationToken.None);
                    }
                    catch (StoreThrewException threw)
                    {
                        t.Expect.That(
                            threw.InnerException is ObjectDisposedException,
                            $"{what} after disposal: ObjectDisposedException, or it works",
                            threw.InnerException!.GetType().Name
                        );
                    }
                }
            },
            CaseNeeds.Disposal,
            alone: true
        ),
        Required(
            "DSP-03",
            "Disposal during operations ends, and so do they.",
            "A deployment hangs until the process is killed.",
            ["disposal waits for a worker that waits for work", "a queue is abandoned with callers in it"],
            async t =>
            {
                for (var round = 0; round < 3; round++)
                {
                    var store = await t.NewStoreAsync();
                    var record = t.Record(CaseContext.Hour);
                    var calls = Enumerable
                        .Range(0, 16)
                        .Select(_ =>
                            Task.Run(async () =>
                            {
                                try
                                {
                                    await store.SetAsync(t.NewSid(), record);
                                }
                                catch (StoreThrewException)
                                {
                                    // Finished or refused: both are an end.
                                }
                            })
                        )
                        .ToArray();
                    await store.DisposeAsync();
                    await Task.WhenAll(calls);
                }
            },
            CaseNeeds.Disposal,
            races: true,
            alone: true
        ),
        Required(
            "DSP-05",
            "Disposal ends while the backend hangs, and so does a call that waits for it.",
            "A deployment during an outage hangs until the process is killed, on every server at once.",
            [
                "disposal waits for calls in progress, which wait for the backend",
                "disposal says good-bye to the backend (QUIT, a flush) without a timeout",
            ],
            async t =>
            {
                var sid = t.NewSid();
                await FaultCases.PutAsync(t, sid, t.Record(CaseContext.Hour));
                await t.BreakAsync(StoreFault.Hang);
                try
                {
                    using var source = new CancellationTokenSource();
                    var call = EventCases.Ignore(() => t.Store.GetAsync(sid, source.Token));
                    var disposal = EventCases.Ignore(t.Store.DisposeAsync);
                    await t.WaitForAsync(disposal);
                    t.ExpectEnded(disposal, "disposal while the backend hangs");
                    await source.CancelAsync();
                    await t.WaitForAsync(call);
                    t.ExpectEnded(call, "get from a backend that hangs, while the store is disposed, then cancelled");
                }
                finally
                {
                    await t.MendAsync();
                }
            },
            CaseNeeds.Disposal | CaseNeeds.Hang,
            alone: true
        ),
        Recommended(
            "DSP-04",
            "After disposal no timer of the store's clock is left.",
            "Every store that tests or tenants make goes on working in the background until memory is full.",
            ["the clean-up timer is not disposed", "the timer starts itself again after disposal"],
            async t =>
            {
                var clock = (ManualClock)t.Time.Clock;
                var before = clock.ActiveTimers;
                var store = await t.NewStoreAsync();
                await store.SetAsync(t.NewSid(), t.Record(CaseContext.Hour));
                await t.AdvanceAsync(TimeSpan.FromDays(2));
                await store.DisposeAsync();
                await t.AdvanceAsync(TimeSpan.FromDays(2));
                t.Expect.That(clock.ActiveTimers <= before, "timers after disposal: none", $"{clock.ActiveTimers - before} still running");
            },
            CaseNeeds.Disposal | CaseNeeds.ExactTime,
            alone: true
        ),
    ];

    private static Exception? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
#pragma warning disable CA1031 // Any exception is a finding.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error;
        }
    }
}
