using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>HAR: whether the harness can be relied on. What a store does wrong is left to the cases that judge stores.</summary>
internal static class PreflightCases
{
    private const string Why = "Nothing that the kit would say about the store could be relied on.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        // First: afterwards a client that a store has closed is closed for all.
        Preflight(
            "HAR-06",
            "A store works after another one was disposed.",
            "In a test run, or a site with two stores, the end of one takes the others with it; the cases below fail for the same reason.",
            [
                "the store disposes a client, a connection or a pool that was passed in, and that others use",
                "the harness passes one client to all stores and lets each store own it",
            ],
            async t =>
            {
                var (before, record) = (await t.NewStoreAsync(), t.Record(CaseContext.Hour));
                var works = await Try(() => before.SetAsync(t.NewSid(), record));
                var ended = await t.NewStoreAsync();
                await Try(() => ended.SetAsync(t.NewSid(), record));
                await Try(ended.DisposeAsync);
                t.Expect.That(
                    !works || await Try(() => before.SetAsync(t.NewSid(), record)),
                    "a store that works after another one was disposed",
                    "it fails: the store that was disposed has closed a client that it was given, or the harness shares what stores own"
                );
            }
        ),
        Preflight(
            "HAR-01",
            "Every call of CreateStoreAsync creates a separate store.",
            Why,
            ["the harness returns one static store", "the harness returns null"],
            async t =>
            {
                var other = await t.NewStoreAsync();
                t.Expect.That(!ReferenceEquals(other.Raw, t.Store.Raw), "another object for another space", "the same store object twice");
            },
            blamesHarness: true
        ),
        Preflight(
            "HAR-07",
            "CreatePeerAsync and ReopenStoreAsync create a separate store each.",
            Why,
            ["CreatePeerAsync returns the first store itself; leave it alone if there cannot be two"],
            async t =>
            {
                try
                {
                    var peer = await t.PeerAsync();
                    t.Expect.That(
                        !ReferenceEquals(peer.Raw, t.Store.Raw),
                        "a second store",
                        "CreatePeerAsync returns the first store itself"
                    );
                }
                catch (NotOfferedException)
                {
                    // Then nothing is claimed.
                }
            },
            blamesHarness: true
        ),
        Preflight(
            "HAR-02",
            "Stores of two spaces do not see each other's sessions.",
            Why,
            [
                "the harness ignores StoreRequest.Space",
                "the store keeps its sessions in a static field",
                "the prefix or table name is a constant, of the harness or of the store",
            ],
            async t =>
            {
                var other = await t.NewStoreAsync();
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                if (await Try(() => t.Store.SetAsync(sid, record)) && IsThat(t, record, await Find(other, sid)))
                {
                    t.Expect.Add(
                        "absent in the other space",
                        "a session that was set in one space is there in another: the harness ignores StoreRequest.Space, or the store "
                            + "keeps all sessions in one place"
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

                // A store that looks at the clock when it sets, and not when it gets, uses the right one: EXP-01 says what is wrong. The
                // life is so short that a store which takes milliseconds for seconds has ended it as well.
                var brief = t.NewSid();
                await Try(() => t.Store.SetAsync(brief, t.Record(TimeSpan.FromSeconds(1))));
                await t.AdvanceAsync(t.Life * 2);
                if (await Find(t.Store, brief) is not null && !await EndsByTheGivenClockAsync(t))
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
            [
                "ReopenStoreAsync or CreatePeerAsync makes an empty store; leave it alone where sessions do not outlive a store",
                "each instance of the store makes its table or folder again, or has a prefix of its own",
            ],
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
                    var isKept = stored && await Find(t.Store, sid) is not null;
                    t.Expect.That(
                        isKept || !stored,
                        "the session of the first store, once there is a peer",
                        "it is gone: CreatePeerAsync empties the space, or each instance of the store makes its table or folder again"
                    );
                    if (resting && await Try(() => peer.SetAsync(t.NewSid(), record)))
                    {
                        t.Expect.That(
                            await t.FindEntriesAtRestAsync() is not { Count: 1 },
                            "a second entry in the space once the peer has set a session",
                            "the peer writes elsewhere, or over it: CreatePeerAsync ignores StoreRequest.Space, or each instance of the "
                                + "store has a place of its own"
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
                    await Try(t.Store.DisposeAsync);
                    await t.OpenAgainAsync();
                    var again = t.NewSid();
                    t.Expect.That(
                        !stored || await Try(() => t.Store.SetAsync(again, record)),
                        "a reopened store that works",
                        "the store that ReopenStoreAsync made cannot be used, or the first has closed a client that it was given"
                    );
                    var before = resting ? await t.FindEntriesAtRestAsync() : null;
                    if (before is { Count: > 0 } && await Try(() => t.Store.SetAsync(t.NewSid(), record)))
                    {
                        var after = await t.FindEntriesAtRestAsync();
                        t.Expect.That(
                            after!.Count > before.Count,
                            "one more entry in the space once the reopened store has set a session",
                            "the reopened store writes elsewhere: ReopenStoreAsync ignores StoreRequest.Space, or each instance of the "
                                + "store has a place of its own"
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

    /// <summary>
    /// Whether the store has expiry at all, and by the clock that it was given: it drops what that says has passed, and the wall clock does
    /// not, or it drops nothing.
    /// </summary>
    private static async Task<bool> EndsByTheGivenClockAsync(CaseContext t)
    {
        var (wall, given) = (TimeProvider.System.GetUtcNow(), t.Time.Clock.GetUtcNow());
        return !await DropsAsync(t, new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero))
            || await DropsAsync(t, wall + ((given - wall) / 2));
    }

    private static async Task<bool> DropsAsync(CaseContext t, DateTimeOffset expires)
    {
        var sid = t.NewSid();
        return await Try(() => t.Store.SetAsync(sid, t.Session(expires))) && await Find(t.Store, sid) is null;
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
