using ServerSessions.Payload;
using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CON: many at once.</summary>
internal static class ConcurrencyCases
{
    private const string Mixed = "Users see parts of other requests, or of other users' sessions.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "CON-01",
            "64 sessions set at once are all there.",
            "Under load, sign-ins are lost.",
            ["a plain Dictionary", "a shared connection or command without a lock"],
            async t =>
            {
                for (var round = 0; round < 5; round++)
                {
                    var sids = Enumerable.Range(0, 64).Select(_ => t.NewSid()).ToArray();
                    var records = sids.Select((_, i) => t.Record(CaseContext.Hour, $"{round}.{i}")).ToArray();
                    await Race.TogetherAsync(64, i => t.Store.SetAsync(sids[i], records[i]));
                    for (var i = 0; i < 64; i++)
                    {
                        await t.ExpectSessionAsync(sids[i], records[i], "one of 64 sessions that were set at once");
                    }
                }
            },
            races: true
        ),
        Required(
            "CON-02",
            "Of many sets of one session at once, one is there in the end, whole.",
            Mixed,
            ["fields are written one by one", "payload and length, or two halves, are written in two steps"],
            async t =>
            {
                for (var round = 0; round < 20; round++)
                {
                    var sid = t.NewSid();
                    var versions = Enumerable.Range(0, 8).Select(i => Version(t, i)).ToArray();
                    await Race.TogetherAsync(8, i => t.Store.SetAsync(sid, versions[i]));
                    await ExpectWholeAsync(t, sid, "after eight sets at once");
                }
            },
            races: true
        ),
        Required(
            "CON-03",
            "A get during sets sees one of them, whole.",
            Mixed,
            ["the entry is removed and written again", "a file is overwritten in place", "a read in two steps"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, Version(t, 0));
                var writing = 2;
                var reads = 0;
                await Race.TogetherAsync([
                    .. Enumerable
                        .Range(0, 2)
                        .Select(writer =>
                            (Func<Task>)(
                                async () =>
                                {
                                    try
                                    {
                                        // Counted are the reads, too: a store in memory has written 60 times before a reader begins.
                                        for (var i = 0; i < 60 || Volatile.Read(ref reads) < 60; i++)
                                        {
                                            await t.Store.SetAsync(sid, Version(t, (i * 2) + writer));
                                        }
                                    }
                                    finally
                                    {
                                        Interlocked.Decrement(ref writing);
                                    }
                                }
                            )
                        ),
                    .. Enumerable.Repeat<Func<Task>>(
                        async () =>
                        {
                            try
                            {
                                while (Volatile.Read(ref writing) > 0)
                                {
                                    await ExpectWholeAsync(t, sid, "during sets");
                                    Interlocked.Increment(ref reads);
                                    await Task.Yield();
                                }
                            }
                            finally
                            {
                                // A reader that fails must not keep the writers waiting.
                                Volatile.Write(ref reads, 60);
                            }
                        },
                        3
                    ),
                ]);
            },
            races: true
        ),
        Required(
            "CON-04",
            "A set and a destroy at once end in one of the two.",
            "A signed-out session stays half alive: it can be neither used nor ended.",
            [
                "destroy removes the data and leaves the expiry, or the other way round",
                "an operation is applied later than it was acknowledged",
            ],
            async t =>
            {
                for (var round = 0; round < 40; round++)
                {
                    var sid = t.NewSid();
                    await t.Store.SetAsync(sid, Version(t, 0));
                    var next = Version(t, 1);
                    await Race.TogetherAsync([
                        async () =>
                        {
                            await Race.YieldAsync(round % 8);
                            await t.Store.DestroyAsync(sid);
                        },
                        () => t.Store.SetAsync(sid, next),
                    ]);
                    var first = await t.Store.GetAsync(sid);
                    var second = await t.Store.GetAsync(sid);
                    t.Expect.That(
                        first is null || Payloads.Same(next.Payload, first.Payload, t.Settings.Fidelity),
                        "after set and destroy at once: the set session, or absent",
                        "another session"
                    );
                    t.Expect.That(
                        first is null == second is null,
                        "after set and destroy have completed: one result",
                        "two gets return different records"
                    );
                }
            },
            races: true
        ),
        Recommended(
            "CON-05",
            "A touch that races a destroy does not bring the session back.",
            "A user who has signed out is signed in again by a request that was late.",
            ["touch reads, then writes", "an upsert is used for touch"],
            async t =>
            {
                for (var round = 0; round < 60; round++)
                {
                    var sid = t.NewSid();
                    var record = t.Record(CaseContext.Hour);
                    await t.Store.SetAsync(sid, record);
                    await Race.TogetherAsync([
                        async () =>
                        {
                            await Race.YieldAsync(round % 8);
                            await t.Store.DestroyAsync(sid);
                        },
                        .. Enumerable.Repeat<Func<Task>>(() => t.Store.TouchAsync(sid, record), 3),
                    ]);
                    await t.ExpectAbsentAsync(sid, "after destroy, with touches at the same time");
                }
            },
            CaseNeeds.Touch,
            races: true
        ),
        Required(
            "CON-06",
            "Gets around the expiry return the session or absent, without an exception.",
            "Users whose session ends get an error page instead of the sign-in page.",
            ["looking and reading are two steps", "two readers remove the same expired entry"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(t.Life);
                await t.Store.SetAsync(sid, record);
                await Race.TogetherAsync([
                    .. Enumerable.Repeat<Func<Task>>(
                        async () =>
                        {
                            for (var i = 0; i < 50; i++)
                            {
                                if (await t.Store.GetAsync(sid) is { } read)
                                {
                                    t.Expect.That(
                                        Payloads.Same(record.Payload, read.Payload, t.Settings.Fidelity),
                                        "around the expiry: the session or absent",
                                        "another session"
                                    );
                                }
                            }
                        },
                        4
                    ),
                    () => t.PassAsync(record.Expires!.Value),
                ]);
                await Race.TogetherAsync(8, _ => t.ExpectAbsentAsync(sid, "eight gets at once after the expiry"));
            },
            CaseNeeds.Time,
            races: true
        ),
        Required(
            "CON-07",
            "A store that 32 callers use at once for the first time works for all of them.",
            "After every restart the first visitors get an error page.",
            ["lazy opening without a lock", "tables are created twice"],
            async t =>
            {
                for (var round = 0; round < 3; round++)
                {
                    var store = await t.NewStoreAsync();
                    var sids = Enumerable.Range(0, 32).Select(_ => t.NewSid()).ToArray();
                    var record = t.Record(CaseContext.Hour);
                    await Race.TogetherAsync(32, async i =>
                    {
                        await t.ExpectSucceedsAsync(() => t.Store.GetAsync(sids[i]), "get as one of 32 first calls");
                        await t.ExpectSucceedsAsync(() => store.SetAsync(sids[i], record), "set as one of 32 first calls");
                    });
                    foreach (var sid in sids)
                    {
                        await t.ExpectSessionAsync(sid, record, "a session that was set by one of 32 first calls", store);
                    }
                }
            },
            races: true,
            alone: true
        ),
    ];

    /// <summary>A payload that tells whether it is whole: every part names the version.</summary>
    private static SessionRecord Version(CaseContext t, int number)
    {
        // Beside "value" there are six members and their numbers, of at most 60 bytes.
        var part = CaseContext.Json(new string((char)('a' + (number % 26)), Math.Clamp((t.Room - 60) / 4, 1, 2000)));
        return t.Session(
            t.Now + CaseContext.Hour,
            ("first", $"{number}"),
            ("a", part),
            ("b", part),
            ("c", part),
            ("d", part),
            ("last", $"{number}")
        );
    }

    private static async Task ExpectWholeAsync(CaseContext t, string sid, string when)
    {
        if (await t.Store.GetAsync(sid) is not { } record)
        {
            t.Expect.Add($"{when}: a session", "absent");
            return;
        }

        string? Value(string key) => CaseContext.ValueOf(record, key);
        try
        {
            var whole =
                Value("first") is { } number
                && number == Value("last")
                && Value("a") == Value("b")
                && Value("b") == Value("c")
                && Value("c") == Value("d")
                && Value("a")?[1] == 'a' + (int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) % 26);
            t.Expect.That(whole, $"{when}: one version, whole", "parts of two versions");
        }
        catch (SessionPayloadException)
        {
            t.Expect.Add($"{when}: one version, whole", "bytes that are no session");
        }
    }
}
