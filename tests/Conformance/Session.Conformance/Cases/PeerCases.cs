using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>PEER: two instances on one backend, as two servers of one site.</summary>
internal static class PeerCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Optional(
            "PEER-01",
            "What one instance sets, changes and sets again, the other gets.",
            "A user is signed in on one server and not on the other, from click to click.",
            ["a cache in each process", "a prefix or key that differs from instance to instance"],
            async t =>
            {
                var peer = await t.PeerAsync();
                var sid = t.NewSid();
                await t.ExpectAbsentAsync(sid, "before set", peer);
                foreach (var value in new[] { "first", "second", "third" })
                {
                    var record = t.Record(CaseContext.Hour, value);
                    await t.Store.SetAsync(sid, record);
                    await SettleAsync(t);
                    await t.ExpectSessionAsync(sid, record, "what the first instance has set", peer);
                }
            },
            CaseNeeds.Peer,
            alone: true
        ),
        Optional(
            "PEER-02",
            "What one instance destroys is absent for the other.",
            "A user who has signed out is still signed in on every other server.",
            ["a cache in each process"],
            async t =>
            {
                var peer = await t.PeerAsync();
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                await SettleAsync(t);
                await t.ExpectSessionAsync(sid, record, "what the first instance has set", peer);
                await t.Store.DestroyAsync(sid);
                await SettleAsync(t);
                await t.ExpectAbsentAsync(sid, "what the first instance has destroyed", peer);
            },
            CaseNeeds.Peer,
            alone: true
        ),
        Optional(
            "PEER-03",
            "A touch by one instance extends the life for the other.",
            "An active user is signed out when another server handles the request.",
            ["the expiry is kept in each process"],
            async t =>
            {
                var peer = await t.PeerAsync();
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                await SettleAsync(t);
                await peer.GetAsync(sid);
                var touched = t.Record(CaseContext.Hour * 3);
                await peer.TouchAsync(sid, touched);
                await SettleAsync(t);
                if (await t.Store.GetAsync(sid) is { } read)
                {
                    t.ExpectExpires(touched.Expires!.Value, read, "touched by the other instance");
                }
                else
                {
                    t.Expect.Add("touched by the other instance: there", "absent");
                }
            },
            CaseNeeds.Peer | CaseNeeds.Touch,
            alone: true
        ),
        Optional(
            "PEER-04",
            "Of sets by two instances at once, one is there in the end, for both, whole.",
            "Users see parts of two requests.",
            ["each instance has a part of its own", "writes in two steps"],
            async t =>
            {
                var peer = await t.PeerAsync();
                for (var round = 0; round < 20; round++)
                {
                    var sid = t.NewSid();
                    var records = Enumerable
                        .Range(0, 4)
                        .Select(i => t.Record(CaseContext.Hour, new string((char)('a' + i), Math.Min(3000, t.Room))))
                        .ToArray();
                    await Race.TogetherAsync(4, i => (i % 2 == 0 ? t.Store : peer).SetAsync(sid, records[i]));
                    await SettleAsync(t);
                    var (mine, other) = (await t.Store.GetAsync(sid), await peer.GetAsync(sid));
                    t.Expect.That(
                        mine is not null && records.Any(record => Payloads.Same(record.Payload, mine.Payload, t.Settings.Fidelity)),
                        "one of the four sessions",
                        "none of them"
                    );
                    t.Expect.That(
                        mine is not null && other is not null && mine.Payload.Span.SequenceEqual(other.Payload.Span),
                        "the same for both instances",
                        "two different ones"
                    );
                }
            },
            CaseNeeds.Peer,
            races: true,
            alone: true
        ),
        Optional(
            "PEER-06",
            "Two instances that start at once on an empty backend both work.",
            "The first deployment to two servers fails.",
            ["both create the table, and one fails"],
            async t =>
            {
                for (var round = 0; round < 3; round++)
                {
                    var request = t.NewRequest();
                    var stores = new[] { await t.CreateStoreAsync(request, "one: "), await t.PeerAsync(request) };
                    var sids = new[] { t.NewSid(), t.NewSid() };
                    var record = t.Record(CaseContext.Hour);
                    await Race.TogetherAsync(2, i =>
                        t.ExpectSucceedsAsync(() => stores[i].SetAsync(sids[i], record), "the first set of one of two instances")
                    );
                    await SettleAsync(t);
                    await t.ExpectSessionAsync(sids[0], record, "set by one, got by the other", stores[1]);
                    await t.ExpectSessionAsync(sids[1], record, "set by one, got by the other", stores[0]);
                }
            },
            CaseNeeds.Peer,
            races: true,
            alone: true
        ),
        Optional(
            "PEER-08",
            "What one instance sets, destroys and clears, the other lists, counts and no longer finds.",
            "'Sign out everywhere' on one server leaves the users of the other one signed in.",
            [
                "listing goes by an index of ids in each process",
                "length counts what this instance has set",
                "clear removes what this instance has set",
                "a cache in each process is not told of a clear",
            ],
            async t =>
            {
                var peer = await t.PeerAsync();
                var mine = await EnumerationCases.StoreAsync(t, 3);
                await SettleAsync(t);
                EnumerationCases.ExpectSids(t, mine.Keys, await peer.ListAsync(), "what the other instance has set");
                await ExpectLengthAsync(t, peer, 3, "what the other instance has set");
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await peer.SetAsync(sid, record);
                var gone = mine.Keys.First();
                await peer.DestroyAsync(gone);
                await SettleAsync(t);
                string[] left = [.. mine.Keys.Where(one => one != gone), sid];
                EnumerationCases.ExpectSids(t, left, await t.Store.ListAsync(), "what two instances have set and destroyed");
                await ExpectLengthAsync(t, t.Store, 3, "what two instances have set and destroyed");
                foreach (var one in left)
                {
                    await t.ExpectLiveAsync(one, record.Expires!.Value, "a session that is there");
                    await t.ExpectLiveAsync(one, record.Expires!.Value, "a session that is there", peer);
                }

                await t.Store.ClearAsync();
                await SettleAsync(t);
                await ExpectLengthAsync(t, peer, 0, "what is there after the other instance has cleared");
                foreach (var one in left)
                {
                    await t.ExpectAbsentAsync(one, "after clear");
                    await t.ExpectAbsentAsync(one, "after the other instance has cleared", peer);
                }
            },
            CaseNeeds.Peer | CaseNeeds.Enumeration,
            alone: true
        ),
        Hardened(
            "PEER-07",
            "Compare and set holds between instances.",
            "Of two requests on two servers one undoes what the other has saved.",
            ["the comparison happens in each process", "a token has a meaning in one process only"],
            async t =>
            {
                var peer = await t.PeerAsync();
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "first"));
                var read = await ConditionalCases.ReadAsync(t, sid);
                await peer.SetAsync(sid, t.Record(CaseContext.Hour, "second"));
                var result = await t.Store.TrySetAsync(sid, t.Record(CaseContext.Hour, "third"), read);
                t.Expect.That(result == ConditionalSetResult.Changed, "try-set after a set by the other instance: Changed", $"{result}");
                await peer.DestroyAsync(sid);
                result = await t.Store.TrySetAsync(sid, t.Record(CaseContext.Hour, "third"), read);
                t.Expect.That(
                    result == ConditionalSetResult.Missing,
                    "try-set after a destroy by the other instance: Missing",
                    $"{result}"
                );
            },
            CaseNeeds.Peer | CaseNeeds.ConditionalSet,
            alone: true
        ),
    ];

    private static async Task ExpectLengthAsync(CaseContext t, RecordingStore store, long expected, string what)
    {
        var length = await store.LengthAsync();
        t.Expect.That(length == expected, $"length of {what}: {expected}", $"{length}");
    }

    private static Task SettleAsync(CaseContext t) =>
        t.Settings.PeerStaleness > TimeSpan.Zero ? t.AdvanceAsync(t.Settings.PeerStaleness) : Task.CompletedTask;
}
