using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>EXP: when a session ends.</summary>
internal static class ExpiryCases
{
    private const string TooLong =
        "A session that should have ended still works: on a shared computer the next person is signed in as the last one.";
    private const string TooShort = "Users are signed out while they work.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "EXP-01",
            "After its expiry a session is absent, whether or not anything has removed it.",
            TooLong,
            ["nothing looks at the expiry when reading; only a clean-up job does", "milliseconds are taken for seconds"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(t.Life);
                await t.Store.SetAsync(sid, record);
                await t.PassAsync(record.Expires!.Value);
                await t.ExpectAbsentAsync(sid, "after its expiry");
            },
            CaseNeeds.Time
        ),
        Required(
            "EXP-02",
            "Before its expiry a session is there.",
            TooShort,
            ["seconds are taken for milliseconds", "a fixed lifetime is used instead of the record's"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(t.Life);
                await t.Store.SetAsync(sid, record);
                await t.ExpectLiveAsync(sid, record.Expires!.Value, "at once");
                await t.AdvanceAsync(t.Life * 0.4);
                await t.ExpectLiveAsync(sid, record.Expires!.Value, "at two fifths of its life");
                await t.AdvanceAsync(t.Life * 0.3);
                await t.ExpectLiveAsync(sid, record.Expires!.Value, "at seven tenths of its life");
            },
            CaseNeeds.Time
        ),
        Required(
            "EXP-03",
            "A session is expired from the instant of its expiry on: now >= expires.",
            "Two servers disagree for a moment whether a user is signed in.",
            ["now > expires instead of now >= expires"],
            async t =>
            {
                var sid = t.NewSid();
                var step = t.Time.Granularity;
                var record = t.Record(t.Life);
                await t.Store.SetAsync(sid, record);
                var actual = t.EndOf(record, await t.Store.GetAsync(sid));
                await t.AdvanceAsync(actual - t.Now - TimeSpan.FromMilliseconds(1) - t.Time.Slack);
                await t.ExpectLiveAsync(sid, actual, "one millisecond before its expiry");
                await t.AdvanceAsync(TimeSpan.FromMilliseconds(1) + (t.Time.Slack * 2));
                await t.ExpectAbsentAsync(sid, "at the very instant of its expiry");
                t.Expect.That(
                    actual - record.Expires!.Value < step,
                    $"an expiry rounded up by less than {step.TotalMilliseconds} ms",
                    Text.Span(actual - record.Expires!.Value)
                );
            },
            CaseNeeds.Time | CaseNeeds.ExactTime
        ),
        Required(
            "EXP-04",
            "A set with a later expiry extends the life.",
            TooShort,
            ["the expiry is only written when the session is first stored", "insert-only"],
            async t =>
            {
                var sid = t.NewSid();
                var first = t.Record(t.Life, "first");
                await t.Store.SetAsync(sid, first);
                var second = t.Record(t.Life * 3, "second");
                await t.Store.SetAsync(sid, second);
                await t.PassAsync(first.Expires!.Value);
                await t.ExpectLiveAsync(sid, second.Expires!.Value, "after the first expiry, before the second");
            },
            CaseNeeds.Time
        ),
        Required(
            "EXP-05",
            "A set with an earlier expiry shortens the life.",
            TooLong,
            ["the later of two expiries is kept", "the expiry is only written when the session is first stored"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour * 8, "first"));
                var second = t.Record(t.Life, "second");
                await t.Store.SetAsync(sid, second);
                await t.PassAsync(second.Expires!.Value);
                await t.ExpectAbsentAsync(sid, "after the second, earlier expiry");
            },
            CaseNeeds.Time
        ),
        Required(
            "EXP-06",
            "A set whose expiry is not in the future is accepted and leaves the session absent.",
            TooLong,
            [
                "a negative lifetime is taken for 'for ever'",
                "the write is skipped, and the old session stays",
                "the backend refuses a negative lifetime and the exception gets out",
            ],
            async t =>
            {
                foreach (
                    var (ago, what) in new[]
                    {
                        (TimeSpan.Zero, "now"),
                        (TimeSpan.FromMinutes(-5), "five minutes ago"),
                        (TimeSpan.FromDays(-20_000), "in the year 2006 or before"),
                    }
                )
                {
                    var fresh = t.NewSid();
                    await t.ExpectSucceedsAsync(() => t.Store.SetAsync(fresh, t.Record(ago)), $"set with an expiry {what}");
                    await t.ExpectAbsentAsync(fresh, $"set with an expiry {what}");

                    var existing = t.NewSid();
                    await t.Store.SetAsync(existing, t.Record(CaseContext.Hour));
                    await t.ExpectSucceedsAsync(
                        () => t.Store.SetAsync(existing, t.Record(ago)),
                        $"set of an existing session with an expiry {what}"
                    );
                    await t.ExpectAbsentAsync(existing, $"a session that was there, set with an expiry {what}");
                }
            }
        ),
        Required(
            "EXP-07",
            "A session without an expiry lives for the store's default lifetime, and get reports when that ends.",
            TooShort,
            ["no expiry becomes zero", "no expiry is returned as none"],
            async t =>
            {
                var life = t.Settings.DefaultLifetime ?? t.Request.DefaultLifetime;
                var sid = t.NewSid();
                var before = t.Now;
                await t.Store.SetAsync(sid, t.Session(null, ("value", "1")));
                var after = t.Now;
                if (await t.Store.GetAsync(sid) is not { } record)
                {
                    t.Expect.Add("a session without an expiry: there", "absent");
                    return;
                }

                t.ExpectLife(life, before, after, record, "a session without an expiry (default lifetime)");
                if (t.Time.Mode != StoreTime.Real)
                {
                    await t.AdvanceAsync(life * 0.9);
                    await t.ExpectLiveAsync(sid, before + life, "at nine tenths of the default lifetime");
                    await t.PassAsync(after + life);
                    await t.ExpectAbsentAsync(sid, "after the default lifetime");
                }
            },
            alone: true
        ),
        Required(
            "EXP-08",
            "Get does not extend the life.",
            TooLong,
            ["sliding expiration of a cache", "GETEX, or an update of the last use, on read"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(t.Life);
                await t.Store.SetAsync(sid, record);
                for (var i = 0; i < 3; i++)
                {
                    await t.AdvanceAsync(t.Life * 0.3);
                    await t.Store.GetAsync(sid);
                }

                await t.PassAsync(record.Expires!.Value);
                await t.ExpectAbsentAsync(sid, "after its expiry, having been read three times before");
            },
            CaseNeeds.Time
        ),
        Required(
            "EXP-09",
            "After it has expired, the same id can be set again.",
            "A session that is saved again is lost.",
            ["insert fails on a row that is not pruned yet", "the old expiry is kept"],
            async t =>
            {
                var sid = t.NewSid();
                var first = t.Record(t.Life, "first");
                await t.Store.SetAsync(sid, first);
                await t.PassAsync(first.Expires!.Value);
                var second = t.Record(CaseContext.Hour, "second");
                await t.Store.SetAsync(sid, second);
                await t.ExpectSessionAsync(sid, second, "set after expiry");
            },
            CaseNeeds.Time
        ),
        Required(
            "EXP-14",
            "The end of one session does not affect others.",
            "Users are signed out when another user's session ends.",
            ["one timer or one key expiry for a whole group", "a bucket of sessions is dropped together"],
            async t =>
            {
                var (ending, staying) = (t.NewSid(), t.NewSid());
                var record = t.Record(CaseContext.Hour * 4);
                await t.Store.SetAsync(staying, record);
                var brief = t.Record(t.Life);
                await t.Store.SetAsync(ending, brief);
                await t.PassAsync(brief.Expires!.Value);
                await t.Store.GetAsync(ending);
                await t.ExpectSessionAsync(staying, record, "another session, after one has expired and was asked for");
            },
            CaseNeeds.Time
        ),
    ];
}
