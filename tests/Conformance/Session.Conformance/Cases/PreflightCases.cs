using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>HAR: whether the harness can be relied on. What a store does wrong is left to the cases that judge stores.</summary>
internal static class PreflightCases
{
    private const string Why = "Nothing that the kit would say about the store could be relied on.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Preflight(
            "HAR-01",
            "Every call of CreateStoreAsync creates a separate store.",
            Why,
            ["the harness returns one static store", "the harness returns null"],
            async t =>
            {
                var other = await t.NewStoreAsync();
                t.Expect.That(!ReferenceEquals(other.Raw, t.Store.Raw), "another object for another space", "the same store object twice");
            }
        ),
        Preflight(
            "HAR-02",
            "Stores of two spaces do not see each other's sessions.",
            Why,
            ["the harness ignores StoreRequest.Space", "the prefix or table name is a constant"],
            async t =>
            {
                var other = await t.NewStoreAsync();
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                if (await Try(() => t.Store.SetAsync(sid, record)) && IsThat(t, record, await Find(other, sid)))
                {
                    t.Expect.Add(
                        "absent in the other space",
                        "a session that was set in one space is there in another: the harness ignores StoreRequest.Space"
                    );
                }
            }
        ),
        Preflight(
            "HAR-03",
            "The store uses the clock of StoreRequest.Clock.",
            Why,
            [
                "the harness does not hand StoreRequest.Clock to the store",
                "the store asks the wall clock",
                "the backend's own clock decides: override Time with StoreTime.Real",
            ],
            async t =>
            {
                if (t.Time.Mode == StoreTime.Real)
                {
                    return;
                }

                var sid = t.NewSid();
                var record = t.Record(t.Life);
                if (!await Try(() => t.Store.SetAsync(sid, record)) || await Find(t.Store, sid) is null)
                {
                    // A store that keeps nothing is judged by the cases; but one that already takes the session for ended lives by another
                    // clock.
                    await ExpectNoOtherClockAsync(t);
                    return;
                }

                // So short that a store which takes milliseconds for seconds has ended it as well: that is for the EXP cases to say.
                var brief = t.NewSid();
                await Try(() => t.Store.SetAsync(brief, t.Record(TimeSpan.FromSeconds(1))));
                await t.AdvanceAsync(t.Life * 2);
                if (await Find(t.Store, brief) is not null && await ExpiresByTheWallAsync(t))
                {
                    t.Expect.Add(
                        "absent long after its life of a second",
                        "the session is still there: the store or the harness ignores the clock it was given"
                    );
                }
            }
        ),
        Preflight(
            "HAR-04",
            "A store that is reopened, or a peer, sees what the first has stored.",
            Why,
            ["ReopenStoreAsync or CreatePeerAsync makes an empty store; leave it alone where sessions do not outlive a store"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                var stored = await Try(() => t.Store.SetAsync(sid, record)) && await Find(t.Store, sid) is not null;

                // A store that keeps its sessions elsewhere, or not yet there, is judged by the cases.
                var resting = stored && await t.FindEntriesAtRestAsync() is { Count: 1 };
                try
                {
                    var peer = await t.PeerAsync();
                    t.Expect.That(
                        !ReferenceEquals(peer.Raw, t.Store.Raw),
                        "a second store",
                        "CreatePeerAsync returns the first store itself"
                    );
                    if (resting && await Try(() => peer.SetAsync(t.NewSid(), record)))
                    {
                        t.Expect.That(
                            await t.FindEntriesAtRestAsync() is not { Count: 1 },
                            "a second entry in the space once the peer has set a session",
                            "the peer writes elsewhere: CreatePeerAsync ignores StoreRequest.Space"
                        );
                    }
                }
                catch (NotOfferedException)
                {
                    // Then nothing is claimed.
                }

                try
                {
                    // The store that the runner made is disposed here; a store that loses sessions is judged by the PER cases, one that
                    // loses its whole space is the harness's.
                    await t.ReopenAsync();
                    var again = t.NewSid();
                    t.Expect.That(
                        !stored || await Try(() => t.Store.SetAsync(again, record)),
                        "a reopened store that works",
                        "the store that ReopenStoreAsync made cannot be used"
                    );
                    var before = resting ? await t.FindEntriesAtRestAsync() : null;
                    if (before is { Count: > 0 } && await Try(() => t.Store.SetAsync(t.NewSid(), record)))
                    {
                        var after = await t.FindEntriesAtRestAsync();
                        t.Expect.That(
                            after!.Count > before.Count,
                            "one more entry in the space once the reopened store has set a session",
                            "the reopened store writes elsewhere: ReopenStoreAsync ignores StoreRequest.Space"
                        );
                    }
                }
                catch (NotOfferedException) { }
            }
        ),
        Preflight(
            "HAR-05",
            "A new space is empty, even after other stores were disposed.",
            Why,
            ["the harness uses one database for all and does not empty it", "the name of the space is shortened until two are the same"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                var first = await t.NewStoreAsync();
                await Try(() => first.SetAsync(sid, record));
                await Try(first.DisposeAsync);
                var second = await t.NewStoreAsync();
                t.Expect.That(
                    !IsThat(t, record, await Find(second, sid)),
                    "an empty store",
                    "a session of a store that was disposed is in a new space"
                );
            }
        ),
    ];

    private static async Task<bool> Try(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (StoreThrewException)
        {
            return false;
        }
    }

    /// <summary>A store that makes sessions up is judged by the cases.</summary>
    private static bool IsThat(CaseContext t, SessionRecord stored, SessionRecord? found) =>
        found is not null && Payloads.SameContent(stored.Payload, found.Payload, t.Settings.Fidelity);

    private static async Task<SessionRecord?> Find(RecordingStore store, string sid)
    {
        try
        {
            return await store.GetAsync(sid);
        }
        catch (StoreThrewException)
        {
            return null;
        }
    }

    /// <summary>Whether the store has expiry at all: what ended long ago by every clock is absent.</summary>
    private static async Task<bool> ExpiresByTheWallAsync(CaseContext t)
    {
        var sid = t.NewSid();
        return await Try(() => t.Store.SetAsync(sid, t.Session(new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero))))
            && await Find(t.Store, sid) is null;
    }

    private static async Task ExpectNoOtherClockAsync(CaseContext t)
    {
        var sid = t.NewSid();
        var lasting =
            await Try(() => t.Store.SetAsync(sid, t.Session(new DateTimeOffset(9000, 1, 1, 0, 0, 0, TimeSpan.Zero))))
            && await Find(t.Store, sid) is not null;
        var atOnce = t.NewSid();
        var life = await Try(() => t.Store.SetAsync(atOnce, t.Record(CaseContext.Hour * 24))) && await Find(t.Store, atOnce) is not null;
        t.Expect.That(
            !lasting || life,
            "a session that lives for a day is there at once",
            "it is absent, and one that lives until the year 9000 is not: the store or the harness ignores the clock it was given"
        );
    }
}
