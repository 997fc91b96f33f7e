using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CON-09 and LIN: what several callers see of one session, taken together.</summary>
internal static class HistoryCases
{
    private const string Stale =
        "A user sees the cart of a moment ago again after the next click, or is signed in again for one page after signing out.";

    private static readonly string[] Causes =
    [
        "a write is acknowledged before it can be read",
        "reads come from a copy that lags behind, or that a slow read has filled with what was replaced meanwhile",
        "two writes are applied in another order than they were acknowledged in",
        "comparing and writing, or reading and touching, are two steps",
    ];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "CON-09",
            "Calls on one session are linearizable: one order, with each call between its start and its end, explains all results.",
            Stale,
            Causes,
            static t => new HistoryRounds(t).RunAsync(static one => [one.Store, one.Store, one.Store]),
            CaseNeeds.None,
            races: true
        ),
        Hardened(
            "LIN-01",
            "Calls through two instances on one session are linearizable.",
            Stale,
            [.. Causes, "each instance has a cache of its own"],
            static async t =>
            {
                if (t.Settings.PeerStaleness > TimeSpan.Zero)
                {
                    throw new NotOfferedException("The store says that instances lag behind (PeerStaleness).") { IsNotDeclared = true };
                }

                var peer = await t.PeerAsync();
                await new HistoryRounds(t).RunAsync(one => [one.Store, peer, one.Store, peer]);
            },
            CaseNeeds.Peer,
            races: true
        ),
        Hardened(
            "LIN-02",
            "A call that fails while the backend is away has its effect once and whole, then or later, or never.",
            "A user is signed out for one click and signed in for the next, after an outage that lasted a second.",
            ["a copy of the session is changed before the backend has accepted the change", "a failed write is repeated without end"],
            static t => new HistoryRounds(t).RunOutageAsync(),
            CaseNeeds.Outage,
            races: true,
            alone: true
        ),
    ];
}
