using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>EVT, continued: whose events they are, what they carry, and in which order they come.</summary>
internal static class EventOrderCases
{
    private const int Outages = 2;

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Recommended(
            "EVT-04",
            "An event belongs to one instance, and a handler that was removed is forgotten.",
            "The outage of one store closes the sessions of another, or memory fills up with everything that ever listened.",
            ["static events", "handlers are kept in a list that only grows"],
            async t =>
            {
                var forgotten = SubscribeAndRemove(t.Store.Raw);
                for (var i = 0; i < 10 && forgotten.IsAlive; i++)
                {
                    // What a stack still holds goes with the next step. It is young, so that small collections find it first.
                    await Task.Yield();
                    GC.Collect(Math.Min(i, GC.MaxGeneration));
                }

                t.Expect.That(!forgotten.IsAlive, "a listener that has removed its handlers: collected", "the store still holds it");
                if (!t.Harness.Faults.Contains(StoreFault.Unavailable))
                {
                    return;
                }

                var other = await t.NewStoreAsync();
                var called = 0;
                other.Raw.Disconnected += (_, _) => Interlocked.Increment(ref called);
                await FaultCases.PutAsync(t, t.NewSid(), t.Record(CaseContext.Hour));
                await t.BreakAsync(StoreFault.Unavailable);
                await EventCases.Ignore(() => t.Store.GetAsync(t.NewSid()));
                await t.MendAsync();
                t.Expect.That(
                    called == 0,
                    "Disconnected of a store whose backend is there, while another's is not: not raised",
                    $"raised {called} times"
                );
            },
            alone: true,
            mayBreak: true
        ),
        Recommended(
            "EVT-05",
            "An event contains no session id, so a listener to outages learns nothing about any visitor.",
            "Session ids end in the logs of the monitoring.",
            ["the failed call is passed on in the event's arguments"],
            async t =>
            {
                var seen = new System.Collections.Concurrent.ConcurrentQueue<EventArgs>();
                t.Store.Raw.Disconnected += (_, args) => seen.Enqueue(args);
                t.Store.Raw.Connected += (_, args) => seen.Enqueue(args);
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await FaultCases.PutAsync(t, sid, record);
                await t.BreakAsync(StoreFault.Unavailable);
                await EventCases.Ignore(() => t.Store.GetAsync(sid));
                await t.MendAsync();
                await FaultCases.PutAsync(t, sid, record);
                t.Expect.That(
                    !seen.Any(args => Texts(args).Any(text => text.Contains(sid, StringComparison.Ordinal))),
                    "arguments of Disconnected and Connected without session ids",
                    "a session id"
                );
            },
            CaseNeeds.Outage,
            alone: true
        ),
        Hardened(
            "EVT-06",
            "Disconnected and Connected alternate over several outages, Disconnected first.",
            "The site stays closed after the outage, or open during it: the last event says the opposite of what holds.",
            [
                "both events are raised on threads of their own, without an order",
                "a late failure raises Disconnected after the backend was found again",
            ],
            async t =>
            {
                var events = new System.Collections.Concurrent.ConcurrentQueue<char>();
                t.Store.Raw.Disconnected += (_, _) => events.Enqueue('D');
                t.Store.Raw.Connected += (_, _) => events.Enqueue('C');
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await FaultCases.PutAsync(t, sid, record);
                for (var outage = 1; outage <= Outages; outage++)
                {
                    await t.BreakAsync(StoreFault.Unavailable);
                    await EventCases.Ignore(() => t.Store.GetAsync(sid));
                    await t.MendAsync();
                    await FaultCases.Until(t, async () =>
                    {
                        await t.Store.SetAsync(sid, record);
                        return events.Count % 2 == 0;
                    });
                }

                var order = string.Concat(events);
                t.Expect.That(
                    order.Replace("DC", "", StringComparison.Ordinal).Length == 0,
                    "two outages: Disconnected, Connected, in turn",
                    string.Join(", ", order.Select(static one => one == 'D' ? "Disconnected" : "Connected"))
                );
            },
            CaseNeeds.Outage,
            alone: true
        ),
    ];

    /// <summary>Not inlined, so that no local of the case holds the listener.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference SubscribeAndRemove(ISessionStore store)
    {
        var listener = new Listener();
        store.Connected += listener.Hear;
        store.Disconnected += listener.Hear;
        store.Connected -= listener.Hear;
        store.Disconnected -= listener.Hear;
        return new WeakReference(listener);
    }

    // Arguments whose members were trimmed away reveal nothing.
    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2075",
        Justification = "A member that the trimmer has removed cannot be read by a handler either."
    )]
    private static IEnumerable<string> Texts(EventArgs args) =>
        args.GetType()
            .GetProperties()
            .Where(static property => property.GetIndexParameters().Length == 0)
            .Select(property => $"{property.GetValue(args)}")
            .Append($"{args}");

    private sealed class Listener
    {
        private int _heard;

        public void Hear(object? sender, EventArgs args) => _heard++;
    }
}
