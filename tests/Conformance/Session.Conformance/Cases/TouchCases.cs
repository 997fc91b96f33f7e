using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>TCH: touch resets the time to live, and nothing else.</summary>
internal static class TouchCases
{
    private const CaseNeeds Timed = CaseNeeds.Touch | CaseNeeds.Time;
    private const string SignedOut = "An active user is signed out in the middle of work.";
    private const string SignedInAgain = "A user who has signed out is signed in again by a request that was late.";

    private static readonly string[] Upsert = ["an upsert is used for touch", "the number of rows is not looked at"];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Recommended(
            "TCH-01",
            "A touch before the expiry extends the life to the new expiry, and no further.",
            SignedOut,
            ["touch does nothing", "touch sets 'no expiry'"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(t.Life);
                await t.Store.SetAsync(sid, record);
                await t.AdvanceAsync(t.Life * 0.5);
                var touched = t.Record(t.Life * 2);
                await TouchLiveAsync(t, sid, touched, record.Expires!.Value);
                await t.PassAsync(record.Expires!.Value);
                await t.ExpectLiveAsync(sid, touched.Expires!.Value, "after the first expiry, before the touched one");
                await t.PassAsync(touched.Expires!.Value);
                await t.ExpectAbsentAsync(sid, "after the touched expiry");
            },
            Timed
        ),
        Recommended(
            "TCH-02",
            "A touch leaves the values unchanged, also if its record holds others.",
            "Something that another tab has put into the cart disappears.",
            ["touch is a set", "touch stores the payload it was given", "touch empties the payload"],
            async t =>
            {
                var sid = t.NewSid();
                var stored = t.Record(CaseContext.Hour, "stored");
                await t.Store.SetAsync(sid, stored);
                await t.Store.TouchAsync(sid, t.Record(CaseContext.Hour * 2, "what the toucher believes"));
                await t.ExpectSessionAsync(sid, stored, "after a touch with another payload", exact: false);
                await t.Store.TouchAsync(sid, t.Session(t.Now + CaseContext.Hour, []));
                await t.ExpectSessionAsync(sid, stored, "after a touch with an empty session", exact: false);
            },
            CaseNeeds.Touch
        ),
        Recommended(
            "TCH-03",
            "A touch of what was never stored creates nothing.",
            SignedInAgain,
            Upsert,
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.TouchAsync(sid, t.Record(CaseContext.Hour));
                await t.ExpectAbsentAsync(sid, "touch of a session that was never stored");
            },
            CaseNeeds.Touch
        ),
        Recommended(
            "TCH-04",
            "A touch after destroy does not bring the session back.",
            SignedInAgain,
            Upsert,
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                await t.Store.DestroyAsync(sid);
                await t.Store.TouchAsync(sid, t.Record(CaseContext.Hour * 2));
                await t.ExpectAbsentAsync(sid, "touch after destroy");
            },
            CaseNeeds.Touch
        ),
        Recommended(
            "TCH-05",
            "A touch after the expiry does not bring the session back.",
            "A session that has ended is brought back by the browser of the next person at the computer.",
            ["touch does not check the expiry of a row that is not pruned yet"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(t.Life);
                await t.Store.SetAsync(sid, record);
                await t.PassAsync(record.Expires!.Value);
                var result = await t.Store.TouchAsync(sid, t.Record(CaseContext.Hour));
                t.Expect.That(!result, "touch of an expired session: false", "true");
                await t.ExpectAbsentAsync(sid, "touch after the expiry");
            },
            Timed
        ),
        Recommended(
            "TCH-06",
            "A touch can shorten the life.",
            "'Sign me out everywhere in a minute' has no effect.",
            ["the later of two expiries is kept (ZADD GT, GREATEST)", "a touch within the first minutes is skipped"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour * 8));
                var touched = t.Record(t.Life);
                await t.Store.TouchAsync(sid, touched);
                await t.PassAsync(touched.Expires!.Value);
                await t.ExpectAbsentAsync(sid, "after the earlier expiry of the touch");
            },
            Timed
        ),
        Recommended(
            "TCH-07",
            "Touch after touch keeps a session alive for many times its life.",
            SignedOut,
            ["touch counts from the creation", "only the first touch takes effect", "touches are throttled by more than the life"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(t.Life);
                await t.Store.SetAsync(sid, record);
                var until = record.Expires!.Value;
                for (var i = 1; i <= 6; i++)
                {
                    await t.AdvanceAsync(t.Life * 0.5);
                    var touched = t.Record(t.Life);
                    await TouchLiveAsync(t, sid, touched, until);
                    until = touched.Expires!.Value;
                }

                await t.ExpectLiveAsync(sid, until, "after three lives with six touches");
            },
            Timed
        ),
        Recommended(
            "TCH-09",
            "After a touch get reports the new expiry.",
            SignedOut,
            ["the returned expiry comes from the payload, not from the column or key", "a cache keeps the old record"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                foreach (var hours in new[] { 3, 4, 5 })
                {
                    var touched = t.Record(CaseContext.Hour * hours);
                    await t.Store.TouchAsync(sid, touched);
                    if (await t.Store.GetAsync(sid) is { } read)
                    {
                        t.ExpectExpires(touched.Expires!.Value, read, "after touch");
                    }
                    else
                    {
                        t.Expect.Add("after touch: the session", "absent");
                    }
                }
            },
            CaseNeeds.Touch
        ),
        Recommended(
            "TCH-13",
            "Touch returns whether the session was there.",
            "The middleware cannot tell that the user signed out meanwhile, and sends the cookie again.",
            ["true is returned always", "the number of rows changed is not what the driver reports when nothing differs"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                t.Expect.That(!await t.Store.TouchAsync(sid, record), "touch before set: false", "true");
                await t.Store.SetAsync(sid, record);
                t.Expect.That(await t.Store.TouchAsync(sid, record), "touch of a live session, with the same expiry: true", "false");
                t.Expect.That(await t.Store.TouchAsync(sid, t.Record(CaseContext.Hour * 2)), "touch of a live session: true", "false");
                await t.Store.DestroyAsync(sid);
                t.Expect.That(!await t.Store.TouchAsync(sid, record), "touch after destroy: false", "true");
            },
            CaseNeeds.Touch
        ),
    ];

    /// <summary>A touch in time returns true; one that the machine delayed proves nothing.</summary>
    private static async Task TouchLiveAsync(CaseContext t, string sid, SessionRecord record, DateTimeOffset until)
    {
        if (!await t.Store.TouchAsync(sid, record))
        {
            await t.ExpectLiveAsync(sid, until, "a touch before the expiry");
        }

        // If the clock runs, the touch may have come too late; the result above then proves nothing.
        if (t.Time.Mode != StoreTime.Virtual && t.Now >= until - t.Time.Slack)
        {
            throw new InconclusiveException();
        }
    }
}
