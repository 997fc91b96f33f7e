using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>EXP, continued: how a set moves the expiry, its very instant, and long lives.</summary>
internal static class ExpiryChangeCases
{
    private const string TooShort = "Users are signed out while they work, or stay signed in after they should be out.";

    // More than Int32 has milliseconds and than memcached takes for relative; a change of summer time and a leap day are in between.
    private static readonly int[] Days = [25, 40, 200, 400, 3650];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "EXP-17",
            "A set without an expiry gives the default lifetime, also if the session had another one before.",
            "A session that was shortened once stays short, and one that was to last for ever ends.",
            [
                "an expiry that is not given is left out of the write, and the old one stays",
                "the default lifetime is only used if the session is new",
                "the default lifetime is counted from the first write",
            ],
            async t =>
            {
                var life = t.Settings.DefaultLifetime ?? t.Request.DefaultLifetime;
                foreach (var (first, what) in new[] { (life * 9, "a later expiry"), (life * 0.25, "an earlier expiry") })
                {
                    var sid = t.NewSid();
                    await t.Store.SetAsync(sid, t.Record(first, "first"));
                    if (t.Time.Mode == StoreTime.Virtual)
                    {
                        await t.AdvanceAsync(life * 0.1);
                    }

                    await ExpectDefaultAsync(t, sid, life, $"set without an expiry, of a session with {what}", record =>
                        t.Store.SetAsync(sid, record)
                    );
                    if (t.Store.Raw is IConditionalSessionStore)
                    {
                        var stored = t.Record(first, "second");
                        await t.Store.SetAsync(sid, stored);
                        await ExpectDefaultAsync(t, sid, life, $"try-set without an expiry, of a session with {what}", record =>
                            t.Store.TrySetAsync(sid, record, stored)
                        );
                    }
                }
            }
        ),
        Required(
            "EXP-18",
            "A set of the same payload moves the expiry: later and earlier, by an hour and by the store's unit.",
            TooShort,
            [
                "a set of unchanged bytes is skipped",
                "an expiry that hardly differs is not written",
                "the lifetime is cut to whole minutes or seconds",
            ],
            async t =>
            {
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await t.Store.SetAsync(sid, record);
                await ExpectMovesAsync(t, sid, record, "set", next => t.Store.SetAsync(sid, next));
            },
            CaseNeeds.SeparateExpiry
        ),
        Required(
            "EXP-19",
            "At the very instant of its expiry a session is absent for every operation.",
            "Two requests of one click disagree whether the user is signed in.",
            [
                "touch or get-and-touch compares otherwise than get: now > expires",
                "the listing or the count compares otherwise than get",
                "try-set takes a session that ends now for one that is there",
            ],
            InstantAsync,
            CaseNeeds.Time | CaseNeeds.ExactTime,
            alone: true
        ),
        Required(
            "EXP-20",
            "A life of weeks, months or years ends at its instant: neither shorter, nor moved by a change of summer time.",
            "'Keep me signed in' ends after 25 days, or the whole site is signed out in the night of the change of clocks.",
            [
                "the lifetime in milliseconds is cut to 32 bits",
                "a relative time above 30 days is taken for an instant",
                "local time in the backend: a change of summer time moves the expiry",
                "the lifetime is limited to a year",
            ],
            LongLivesAsync,
            alone: true
        ),
    ];

    /// <summary>Moves the expiry of a session to and fro with a call, and expects each to be the one that get reports.</summary>
    public static async Task ExpectMovesAsync(CaseContext t, string sid, SessionRecord record, string what, Func<SessionRecord, Task> move)
    {
        var expires = record.Expires!.Value;
        foreach (var by in new[] { t.Step, -t.Step, CaseContext.Hour, -t.Step, -(CaseContext.Hour * 0.9), t.Step * 3 })
        {
            expires += by;
            await move(SessionRecord.TakeOwnership(record.Payload, expires));
            var when = $"{what} of the same payload with an expiry moved by {Text.Span(by)}";
            if (await t.ExpectSessionAsync(sid, record, $"after {when}", exact: false) is { } read)
            {
                t.ExpectExpires(expires, read, $"after {when}");
            }
        }
    }

    private static async Task ExpectDefaultAsync(CaseContext t, string sid, TimeSpan life, string what, Func<SessionRecord, Task> write)
    {
        var before = t.Now;
        await write(t.Session(null, ("value", "1")));
        var after = t.Now;
        t.ExpectLife(life, before, after, await t.Store.GetAsync(sid), what);
    }

    private static async Task InstantAsync(CaseContext t)
    {
        var record = t.Record(t.Life);
        var sids = Enumerable.Range(0, 4).Select(_ => t.NewSid()).ToArray();
        foreach (var sid in sids)
        {
            await t.Store.SetAsync(sid, record);
        }

        var end = t.EndOf(record, await t.Store.GetAsync(sids[0]));
        await t.AdvanceAsync(end + t.Time.Slack - t.Time.Clock.GetUtcNow());
        const string When = "at the very instant of the expiry";
        await t.ExpectAbsentAsync(sids[0], When);
        if (t.Store.Raw is IEnumerableSessionStore)
        {
            t.Expect.That((await t.Store.ListAsync()).Count == 0, $"all {When}: nothing", "sessions");
            await EnumerationCases.ExpectLengthAsync(t, 0, $"sessions {When}");
        }

        if (t.Store.Raw is ITouchableSessionStore)
        {
            t.Expect.That(!await t.Store.TouchAsync(sids[0], t.Record(CaseContext.Hour)), $"touch {When}: false", "True");
            await t.ExpectAbsentAsync(sids[0], $"after touch {When}");
        }

        if (t.Store.Raw is IGetAndTouchSessionStore)
        {
            var result = await t.Store.GetAndTouchAsync(sids[1], default, t.Now + CaseContext.Hour);
            t.Expect.That(result.Record is null, $"get and touch {When}: absent", "a session");
            await t.ExpectAbsentAsync(sids[1], $"after get and touch {When}");
        }

        if (t.Store.Raw is IConditionalSessionStore)
        {
            var next = t.Record(CaseContext.Hour, "next");
            var result = await t.Store.TrySetAsync(sids[2], next, record);
            t.Expect.That(result == ConditionalSetResult.Missing, $"try-set {When}, expecting the session: Missing", $"{result}");
            result = await t.Store.TrySetAsync(sids[3], next, null);
            t.Expect.That(result == ConditionalSetResult.Stored, $"try-set {When}, expecting absence: Stored", $"{result}");
        }
    }

    private static async Task LongLivesAsync(CaseContext t)
    {
        var (start, sids) = (t.Now, Days.ToDictionary(static days => days, _ => t.NewSid()));
        foreach (var (days, sid) in sids)
        {
            var record = t.Record(TimeSpan.FromDays(days));
            await t.Store.SetAsync(sid, record);
            await ExpectEndAsync(t, sid, record.Expires!.Value, $"a session that lives for {days} days");
            if (t.Store.Raw is ITouchableSessionStore)
            {
                var touched = t.Record(TimeSpan.FromDays(days + 1));
                await t.Store.TouchAsync(sid, touched);
                await ExpectEndAsync(t, sid, touched.Expires!.Value, $"a session touched to live for {days + 1} days");
                await t.Store.TouchAsync(sid, record);
            }
        }

        if (t.Time.Mode != StoreTime.Virtual)
        {
            return;
        }

        foreach (var (days, sid) in sids.Where(static pair => pair.Key <= 200))
        {
            var end = start + TimeSpan.FromDays(days);
            await t.AdvanceAsync(end - t.Now - TimeSpan.FromMinutes(1));
            await t.ExpectLiveAsync(sid, end, $"a session that lives for {days} days, a minute before its end");
            await t.PassAsync(end);
            await t.ExpectAbsentAsync(sid, $"a session that lived for {days} days, after its end");
        }
    }

    private static async Task ExpectEndAsync(CaseContext t, string sid, DateTimeOffset expires, string what)
    {
        if (await t.Store.GetAsync(sid) is { } read)
        {
            t.ExpectExpires(expires, read, what);
        }
        else
        {
            t.Expect.Add($"{what}: there", "absent");
        }
    }
}
