using ServerSessions.Payload;
using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>GSD: get, set, destroy.</summary>
internal static class BasicCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "GSD-01",
            "A session that was never stored is absent: null, without an exception.",
            "Every visitor with an old or invented cookie gets an error page instead of a new session.",
            ["an exception of the driver for 'no rows' or 'key not found' gets out", "an empty record is made up for a missing one"],
            async t =>
            {
                for (var i = 0; i < 3; i++)
                {
                    await t.ExpectAbsentAsync(t.NewSid(), "get of an id that was never stored");
                }
            }
        ),
        Required(
            "GSD-02",
            "Get gives back what set has stored: the payload and the true expiry.",
            "Signed-in users lose part of their session: a cart item, a permission, the sign-in itself.",
            [
                "the payload is re-encoded and loses something",
                "the returned record has no Expires",
                "the expiry is rounded down or loses its offset",
            ],
            async t =>
            {
                var sid = t.NewSid();
                var expires = t.Now + CaseContext.Hour;
                var record = t.Session(expires, ("user", "\"ada\""), ("roles", """["admin","dev"]"""), ("views", "3"), ("last", "true"));
                await t.Store.SetAsync(sid, record);
                if (await t.ExpectSessionAsync(sid, record, "after set") is { } read)
                {
                    t.ExpectExpires(expires, read, "after set");
                }
            }
        ),
        Required(
            "GSD-03",
            "A second set replaces the whole session.",
            "Values that the application has removed come back: a user keeps a role that was taken away.",
            [
                "the new values are merged into the old",
                "insert without 'on conflict update'",
                "a field-by-field hash write without removing the others",
            ],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Session(t.Now + CaseContext.Hour, ("old", "1"), ("both", "1")));
                var second = t.Session(t.Now + CaseContext.Hour, ("both", "2"), ("new", "2"));
                await t.Store.SetAsync(sid, second);
                await t.ExpectSessionAsync(sid, second, "after the second set");
            }
        ),
        Required(
            "GSD-04",
            "After destroy the session is absent.",
            "A user who has signed out is still signed in, on this computer and on a stolen one.",
            ["destroy builds the key otherwise than set", "the removal is queued", "a cache in front is not told"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                await t.Store.GetAsync(sid);
                await t.Store.DestroyAsync(sid);
                await t.ExpectAbsentAsync(sid, "after destroy");
                await t.ExpectAbsentAsync(sid, "after destroy, asked again");
            }
        ),
        Required(
            "GSD-05",
            "Destroying a session that was never there succeeds.",
            "Signing out with an expired session shows an error, and the user does not know whether it worked.",
            ["the number of rows removed is checked", "File.Delete in a folder that is missing, or a driver's 'not found', gets out"],
            async t => await t.ExpectSucceedsAsync(() => t.Store.DestroyAsync(t.NewSid()), "destroy of an id that was never stored")
        ),
        Required(
            "GSD-06",
            "Destroying twice succeeds.",
            "Two clicks on 'sign out' show an error.",
            ["the number of rows removed is checked", "the second removal meets a tombstone"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                await t.Store.DestroyAsync(sid);
                await t.ExpectSucceedsAsync(() => t.Store.DestroyAsync(sid), "the second destroy");
                await t.ExpectAbsentAsync(sid, "after the second destroy");
            }
        ),
        Required(
            "GSD-07",
            "After destroy the same id can be set again.",
            "A session that is saved again is lost, with the sign-in in it.",
            ["a tombstone that outlives the destroy"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "first"));
                await t.Store.DestroyAsync(sid);
                var second = t.Record(CaseContext.Hour, "second");
                await t.Store.SetAsync(sid, second);
                await t.ExpectSessionAsync(sid, second, "set after destroy");
            }
        ),
        Required(
            "GSD-08",
            "Destroy removes that session and no other.",
            "One user who signs out signs out others.",
            ["the id is used as a prefix or pattern", "LIKE or KEYS with the id in it"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                string[] others = [sid + "x", "x" + sid, sid[..^1], sid + "%", sid + "*", t.NewSid()];
                foreach (var other in others.Append(sid))
                {
                    await t.Store.SetAsync(other, record);
                }

                await t.Store.DestroyAsync(sid);
                foreach (var other in others)
                {
                    await t.ExpectSessionAsync(other, record, "another session, after destroy");
                }
            }
        ),
        Required(
            "GSD-09",
            "Get changes nothing: ten gets return the same.",
            "A user is signed out by looking at a second page.",
            ["read-and-delete (GETDEL, dequeue)", "a stream that is read to its end and kept"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                for (var i = 1; i <= 10; i++)
                {
                    await t.ExpectSessionAsync(sid, record, "the same get again");
                }
            }
        ),
        Required(
            "GSD-10",
            "A session without values is there.",
            "A visitor gets a new session, and a new cookie, with every request.",
            ["an empty session is taken for none", "the row is left out if the session has no values"],
            async t =>
            {
                var sid = t.NewSid();
                var expires = t.Now + CaseContext.Hour;
                var empty = SessionRecord.TakeOwnership(
                    new SessionDocument(new SessionCookie(t.Time.Clock) { Expires = expires }.ToJson()).ToPayload(),
                    expires
                );
                await t.Store.SetAsync(sid, empty);
                await t.ExpectSessionAsync(sid, empty, "a session with a cookie and no value");
            }
        ),
        Required(
            "GSD-11",
            "Once set has completed, the next get sees it.",
            "The page after the sign-in form shows no signed-in user.",
            ["set returns before the backend has acknowledged (fire and forget, write-behind)", "reads go to a replica"],
            async t =>
            {
                for (var i = 0; i < 20; i++)
                {
                    var sid = t.NewSid();
                    var record = t.Record(CaseContext.Hour, $"{i}");
                    await t.Store.SetAsync(sid, record);
                    await t.ExpectSessionAsync(sid, record, "the get right after set");
                    var next = t.Record(CaseContext.Hour, $"{i} again");
                    await t.Store.SetAsync(sid, next);
                    await t.ExpectSessionAsync(sid, next, "the get right after the second set");
                }
            }
        ),
        Required(
            "GSD-12",
            "Two sessions with the same content are two sessions.",
            "Signing out one of two devices signs out the other, or signs out neither.",
            ["content is stored once and shared (content-addressed, interned)"],
            async t =>
            {
                var (one, other) = (t.NewSid(), t.NewSid());
                var record = t.Record(CaseContext.Hour, "same");
                await t.Store.SetAsync(one, record);
                await t.Store.SetAsync(other, record);
                await t.Store.SetAsync(one, t.Record(CaseContext.Hour, "changed"));
                await t.ExpectSessionAsync(other, record, "the second session, after the first was changed");
                await t.Store.DestroyAsync(one);
                await t.ExpectSessionAsync(other, record, "the second session, after the first was destroyed");
            }
        ),
        Recommended(
            "GSD-15",
            "Payload and expiry are written in one step.",
            "A server that crashes in between leaves a session that never ends, or that ends before its time.",
            ["SET and EXPIRE as two commands", "UPDATE of the payload, then of the expiry"],
            AtomicExpiryAsync,
            races: true
        ),
    ];

    private static async Task AtomicExpiryAsync(CaseContext t)
    {
        var sid = t.NewSid();
        var start = t.Now + CaseContext.Hour;
        SessionRecord Version(int number) => t.Session(start + TimeSpan.FromMinutes(number), ("number", $"{number}"));
        await t.Store.SetAsync(sid, Version(0));
        // How the store rounds an expiry is for other cases to say.
        var off = (await t.Store.GetAsync(sid))?.Expires is { } first ? first - start : TimeSpan.Zero;
        bool IsOf(int number, DateTimeOffset? expires) =>
            expires is { } end && (end - (start + off + TimeSpan.FromMinutes(number))).Duration() < t.Time.Granularity + (t.Time.Slack * 2);

        // Counted are the reads, too: a store in memory has written 300 times before a reader begins.
        const int enough = 300;
        var reads = 0;
        var writer = Task.Run(async () =>
        {
            for (var i = 1; i <= enough || Volatile.Read(ref reads) < enough; i++)
            {
                await t.Store.SetAsync(sid, Version(i));
            }
        });
        var readers = Enumerable
            .Range(0, 3)
            .Select(_ =>
                Task.Run(async () =>
                {
                    try
                    {
                        while (!writer.IsCompleted)
                        {
                            var seen = await t.Store.GetAsync(sid);
                            if (seen is null)
                            {
                                t.Expect.Add("during a set: the old session or the new one", "absent");
                            }
                            else
                            {
                                var number = int.Parse(
                                    CaseContext.ValueOf(seen, "number") ?? "-1",
                                    System.Globalization.CultureInfo.InvariantCulture
                                );
                                t.Expect.That(
                                    IsOf(number, seen.Expires),
                                    "during a set: payload and expiry of the same write",
                                    "the payload of one write with the expiry of another"
                                );
                            }

                            Interlocked.Increment(ref reads);
                            await Task.Yield();
                        }
                    }
                    finally
                    {
                        // A reader that fails must not keep the writer waiting.
                        Volatile.Write(ref reads, enough);
                    }
                })
            );
        await Task.WhenAll([writer, .. readers]);
    }
}
