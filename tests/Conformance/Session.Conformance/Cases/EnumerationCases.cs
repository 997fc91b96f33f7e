using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>ENU: all, length, clear.</summary>
internal static class EnumerationCases
{
    private const string WrongCount = "The page that says how many are signed in, or who, is wrong.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Optional(
            "ENU-01",
            "An empty store lists nothing and counts 0.",
            WrongCount,
            ["null or an exception for an empty table or folder"],
            async t =>
            {
                t.Expect.That((await t.Store.ListAsync()).Count == 0, "all of an empty store: nothing", "sessions");
                await ExpectLengthAsync(t, 0, "an empty store");
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
        Optional(
            "ENU-02",
            "All yields exactly the sessions that are there, each once, with payload and true expiry.",
            WrongCount,
            [
                "off by one",
                "the expiry is left out of the listing",
                "the listing shows an old payload",
                "large payloads are left out or cut",
            ],
            async t =>
            {
                var stored = await StoreAsync(t, 7);
                await ChangeAsync(t, stored);
                var entries = await t.Store.ListAsync();
                ExpectSids(t, stored.Keys, entries, "seven sessions");
                foreach (var entry in entries.Where(entry => stored.ContainsKey(entry.Sid)))
                {
                    var record = stored[entry.Sid];
                    t.Expect.That(
                        Payloads.Same(record.Payload, entry.Record.Payload, t.Settings.Fidelity),
                        "a listed session: as stored",
                        Payloads.Difference(record.Payload, entry.Record.Payload, t.Settings.Fidelity)
                    );
                    t.ExpectExpires(record.Expires!.Value, entry.Record, "a listed session");
                }
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
        Optional(
            "ENU-03",
            "Expired sessions are neither listed nor counted, even before anything has removed them.",
            WrongCount,
            ["rows are counted without their expiry"],
            async t =>
            {
                var staying = await StoreAsync(t, 2);
                var brief = t.Record(t.Life);
                for (var i = 0; i < 3; i++)
                {
                    await t.Store.SetAsync(t.NewSid(), brief);
                }

                await t.PassAsync(brief.Expires!.Value);
                ExpectSids(t, staying.Keys, await t.Store.ListAsync(), "two live sessions and three expired ones");
                await ExpectLengthAsync(t, 2, "two live sessions and three expired ones");
            },
            CaseNeeds.Enumeration | CaseNeeds.Time,
            alone: true
        ),
        Optional(
            "ENU-04",
            "Destroyed sessions are neither listed nor counted.",
            WrongCount,
            ["an index of ids that destroy forgets", "tombstones are listed"],
            async t =>
            {
                var stored = await StoreAsync(t, 3);
                var gone = stored.Keys.First();
                await t.Store.DestroyAsync(gone);
                ExpectSids(t, stored.Keys.Where(sid => sid != gone), await t.Store.ListAsync(), "three sessions, one of them destroyed");
                await ExpectLengthAsync(t, 2, "three sessions, one of them destroyed");
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
        Optional(
            "ENU-05",
            "Ids are listed as they were set, with any characters: unescaped and without the store's prefix.",
            "'Sign out everywhere' ends nothing.",
            ["the prefix is not stripped", "file names are listed instead of ids", "ids are stored hashed and cannot be listed"],
            async t =>
            {
                string[] sids =
                [
                    "a/b",
                    "..",
                    "a b",
                    "%2e",
                    "é",
                    "e\u0301",
                    "😀",
                    "A",
                    "a",
                    "a:b",
                    "a*",
                    "a.json",
                    "'",
                    "\"",
                    "\\",
                    t.NewSid(),
                ];
                foreach (var sid in sids)
                {
                    await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                }

                ExpectSids(t, sids, await t.Store.ListAsync(), "unusual ids");
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
        Optional(
            "ENU-06",
            "Length is the number that all yields.",
            WrongCount,
            ["a counter beside the data", "an estimate of the backend"],
            async t =>
            {
                var stored = await StoreAsync(t, 5);
                await ExpectLengthAsync(t, 5, "five sessions");
                await t.Store.SetAsync(stored.Keys.First(), t.Record(CaseContext.Hour * 2, "again"));
                await t.Store.DestroyAsync(t.NewSid());
                await ExpectLengthAsync(t, 5, "five sessions, one set again, one destroy of an id that is not there");
                await t.Store.DestroyAsync(stored.Keys.First());
                await t.Store.DestroyAsync(stored.Keys.First());
                await ExpectLengthAsync(t, 4, "five sessions, one destroyed twice");
                t.Expect.That((await t.Store.ListAsync()).Count == 4, "all: four sessions", "another number");
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
        Optional(
            "ENU-11",
            "Clear removes every session; on an empty store it succeeds; afterwards the store works.",
            "'Sign out everybody' leaves some signed in.",
            [
                "only what one page lists is removed",
                "the table or folder itself is removed",
                "expired ones are skipped",
                "a read cache is not told of it",
            ],
            async t =>
            {
                var brief = t.Record(t.Life);
                for (var i = 0; i < 3; i++)
                {
                    await t.Store.SetAsync(t.NewSid(), brief);
                }

                await t.PassAsync(brief.Expires!.Value);
                var stored = await StoreAsync(t, 30);
                foreach (var (sid, one) in stored)
                {
                    await t.ExpectLiveAsync(sid, one.Expires!.Value, "before clear");
                }

                await t.Store.ClearAsync();
                if (t.Store.Raw is IPrunableSessionStore)
                {
                    var left = await t.Store.PruneAsync(100);
                    t.Expect.That(left == 0, "prune after clear, which removes expired sessions too: 0", $"{left}");
                }

                await ExpectLengthAsync(t, 0, "after clear");
                foreach (var sid in stored.Keys)
                {
                    await t.ExpectAbsentAsync(sid, "after clear");
                }

                await t.ExpectSucceedsAsync(() => t.Store.ClearAsync(), "clear of an empty store");
                var (again, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await t.ExpectSucceedsAsync(() => t.Store.SetAsync(again, record), "set after clear");
                await t.ExpectSessionAsync(again, record, "set after clear");
            },
            CaseNeeds.Enumeration | CaseNeeds.Time,
            alone: true
        ),
        Optional(
            "ENU-12",
            "All, length and clear affect the store's own space only.",
            "Emptying the sessions of one site empties the other's, or the cache.",
            ["FLUSHDB, or a folder is emptied", "the listing has no prefix"],
            async t =>
            {
                var mine = await StoreAsync(t, 3);
                var other = await t.NewStoreAsync();
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await other.SetAsync(sid, record);
                ExpectSids(t, mine.Keys, await t.Store.ListAsync(), "three sessions, and one in another space");
                await ExpectLengthAsync(t, 3, "three sessions, and one in another space");
                await t.Store.ClearAsync();
                await t.ExpectSessionAsync(sid, record, "a session in another space, after clear", other);
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
    ];

    public static async Task<Dictionary<string, SessionRecord>> StoreAsync(CaseContext t, int count)
    {
        var stored = new Dictionary<string, SessionRecord>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour + TimeSpan.FromMinutes(i % 60), $"session {i}"));
            await t.Store.SetAsync(sid, record);
            stored.Add(sid, record);
        }

        return stored;
    }

    /// <summary>Sets two of them again, as large as a page of a backend and larger, and touches a third.</summary>
    private static async Task ChangeAsync(CaseContext t, Dictionary<string, SessionRecord> stored)
    {
        var sids = stored.Keys.ToArray();
        foreach (var (sid, size) in new[] { (sids[1], 5_000), (sids[3], 60_000) })
        {
            stored[sid] = t.Record(CaseContext.Hour * 2, new string('x', Math.Min(size, t.Room)));
            await t.Store.SetAsync(sid, stored[sid]);
        }

        if (t.Store.Raw is ITouchableSessionStore && !t.Settings.ExpiryInPayload)
        {
            stored[sids[5]] = SessionRecord.TakeOwnership(stored[sids[5]].Payload, t.Now + (CaseContext.Hour * 3));
            await t.Store.TouchAsync(sids[5], stored[sids[5]]);
        }
    }

    public static void ExpectSids(CaseContext t, IEnumerable<string> expected, IEnumerable<SessionEntry> entries, string what)
    {
        var wanted = expected.ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            t.Expect.That(seen.Add(entry.Sid), $"all of {what}: each once", "a session twice");
        }

        t.Expect.That(
            wanted.IsSubsetOf(seen),
            $"all of {what}: every session that is there",
            $"{wanted.Except(seen).Count()} of {wanted.Count} missing"
        );
        t.Expect.That(seen.IsSubsetOf(wanted), $"all of {what}: no other", $"{seen.Except(wanted).Count()} that are not there");
    }

    public static async Task ExpectLengthAsync(CaseContext t, long expected, string what)
    {
        var length = await t.Store.LengthAsync();
        t.Expect.That(length == expected, $"length of {what}: {expected}", $"{length}");
    }
}
