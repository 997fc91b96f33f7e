using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>TCH, continued: default lifetimes, past expiries, neighbours, old records and races.</summary>
internal static class TouchEdgeCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Recommended(
            "TCH-10",
            "A set that races touches is not lost.",
            "What the user has just saved is gone on the next page.",
            ["touch reads the session and writes it back"],
            async t =>
            {
                for (var round = 0; round < 40; round++)
                {
                    var sid = t.NewSid();
                    await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "old"));
                    var saved = t.Record(CaseContext.Hour, "new");
                    await Race.TogetherAsync([
                        .. Enumerable.Repeat<Func<Task>>(() => t.Store.TouchAsync(sid, t.Record(CaseContext.Hour * 2, "old")), 4),
                        () => t.Store.SetAsync(sid, saved),
                    ]);
                    await t.ExpectSessionAsync(sid, saved, "a set among touches, when all have completed", exact: false);
                }
            },
            CaseNeeds.Touch,
            races: true
        ),
        Recommended(
            "TCH-11",
            "A touch without an expiry gives the default lifetime from now.",
            "A session that was shortened once stays short, or never ends.",
            ["no expiry is taken for 'leave it'", "no expiry is taken for 'for ever'"],
            async t =>
            {
                var life = t.Settings.DefaultLifetime ?? t.Request.DefaultLifetime;
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour * 9));
                var before = t.Now;
                await t.Store.TouchAsync(sid, t.Session(null, ("value", "1")));
                var after = t.Now;
                t.ExpectLife(life, before, after, await t.Store.GetAsync(sid), "after a touch without an expiry");
            },
            CaseNeeds.Touch
        ),
        Recommended(
            "TCH-12",
            "A touch with an older record brings back no old values.",
            "Something that another tab has removed (an item, a role) is back.",
            ["touch stores the payload it was given", "touch uses the token of the record that it gets"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "old"));
                var old = await t.Store.GetAsync(sid);
                var current = t.Record(CaseContext.Hour, "current");
                await t.Store.SetAsync(sid, current);
                var expires = t.Now + (CaseContext.Hour * 2);
                if (old is not null)
                {
                    var touch = new SessionRecord(old.Payload.Span, expires, old.Token);
                    t.Expect.That(await t.Store.TouchAsync(sid, touch), "touch with a record read before the last set: true", "false");
                }

                if (
                    await t.ExpectSessionAsync(sid, current, "after a touch with a record read before the last set", exact: false) is
                    { } read
                )
                {
                    t.ExpectExpires(expires, read, "after a touch with a record read before the last set");
                }
            },
            CaseNeeds.Touch
        ),
        Recommended(
            "TCH-17",
            "A touch moves the expiry by any amount: by an hour and by the store's unit, later and earlier.",
            "An active user is signed out before the time that the cookie says.",
            ["the new expiry is written only if it differs by more than some seconds", "only a later expiry is written"],
            async t =>
            {
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await t.Store.SetAsync(sid, record);
                await ExpiryChangeCases.ExpectMovesAsync(t, sid, record, "touch", next => t.Store.TouchAsync(sid, next));
            },
            CaseNeeds.Touch | CaseNeeds.SeparateExpiry
        ),
        Recommended(
            "TCH-14",
            "A touch whose expiry is not in the future ends the session.",
            "'End this session' by an administrator has no effect.",
            ["a negative lifetime is taken for 'for ever'", "the touch is skipped"],
            async t =>
            {
                foreach (var ago in new[] { TimeSpan.Zero, TimeSpan.FromMinutes(-1) })
                {
                    var sid = t.NewSid();
                    await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                    await t.ExpectSucceedsAsync(
                        () => t.Store.TouchAsync(sid, t.Record(ago)),
                        "touch with an expiry that is not in the future"
                    );
                    await t.ExpectAbsentAsync(sid, "after a touch with an expiry that is not in the future");
                }
            },
            CaseNeeds.Touch
        ),
        Recommended(
            "TCH-15",
            "A touch moves the expiry of that session and of no other.",
            "Sessions of others never end, or end too soon.",
            ["an UPDATE without its WHERE", "the id is used as a pattern"],
            async t =>
            {
                var sid = t.NewSid();
                string[] others = [sid + "x", sid[..^1], t.NewSid()];
                var record = t.Record(CaseContext.Hour);
                foreach (var other in others.Append(sid))
                {
                    await t.Store.SetAsync(other, record);
                }

                await t.Store.TouchAsync(sid, t.Record(CaseContext.Hour * 6));
                foreach (var other in others)
                {
                    if (await t.ExpectSessionAsync(other, record, "another session, after touch") is { } read)
                    {
                        t.ExpectExpires(record.Expires!.Value, read, "another session, after touch");
                    }
                }
            },
            CaseNeeds.Touch
        ),
        Recommended(
            "TCH-16",
            "Touch never makes a session end before the expiry that it was given.",
            "An active user is signed out before the time that the cookie says.",
            [
                "touches are throttled: one shortly after another is skipped",
                "the new expiry is written only if it differs by more than some minutes",
            ],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(t.Life);
                await t.Store.SetAsync(sid, record);
                await t.Store.TouchAsync(sid, t.Record(t.Life * 1.1));
                var touched = t.Record(t.Life * 2.5);
                await t.Store.TouchAsync(sid, touched);
                if (t.Time.Mode != StoreTime.Virtual && t.Now >= record.Expires - t.Time.Slack)
                {
                    throw new InconclusiveException();
                }

                await t.PassAsync(record.Expires!.Value + (t.Life * 0.2));
                await t.ExpectLiveAsync(sid, touched.Expires!.Value, "after two touches in a row, before the second's expiry");
            },
            CaseNeeds.Touch | CaseNeeds.Time
        ),
    ];
}
