using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>GTT: get and touch reads a session and moves the expiry of one that begins as asked, and nothing else.</summary>
internal static class GetAndTouchCases
{
    private const string SignedOut = "An active user is signed out in the middle of work.";
    private const string SignedInAgain = "A user who has signed out is signed in again by a request that was late.";
    private const string AnotherLife =
        "A session that lives for ten minutes ('remember me' was not ticked) lives for as long as all the others.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Optional(
            "GTT-01",
            "A session that begins with the prefix is returned as stored, with the new expiry, and is touched.",
            SignedOut,
            [
                "the expiry is moved and the old one is returned",
                "the session is read and not touched",
                "the prefix is compared with something else than the payload",
            ],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                foreach (var (prefix, hours) in new[] { (record.Payload[..1], 3), (Beginning(record), 4), (record.Payload, 5) })
                {
                    var touched = await ExpectAsync(
                        t,
                        sid,
                        record,
                        prefix,
                        t.Now + (CaseContext.Hour * hours),
                        IfHeld(t),
                        "get and touch of a session that begins so"
                    );
                    record = touched ?? record;
                }
            },
            CaseNeeds.GetAndTouch
        ),
        Optional(
            "GTT-02",
            "A session that begins otherwise is returned, and keeps its expiry.",
            AnotherLife,
            [
                "the prefix is not looked at",
                "the prefix is looked for anywhere in the payload",
                "only as much is compared as the payload has",
                "the prefix is compared by LIKE, a glob or a regular expression",
                "the comparison ignores case",
            ],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                foreach (var prefix in Others(record))
                {
                    await ExpectAsync(
                        t,
                        sid,
                        record,
                        prefix,
                        t.Now + (CaseContext.Hour * 3),
                        false,
                        "get and touch of a session that begins otherwise"
                    );
                }
            },
            CaseNeeds.GetAndTouch
        ),
        Optional(
            "GTT-03",
            "A touched session is returned with the new expiry, one that is not touched with the old one, and get reports the same.",
            SignedOut,
            ["IsTouched says that the session was there", "the result is made from the arguments, not from what is at rest"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                for (var i = 1; i <= 6; i++)
                {
                    var prefix = i % 2 == 0 ? Beginning(record) : Others(record)[0];
                    record = await ExpectAsync(
                        t,
                        sid,
                        record,
                        prefix,
                        t.Now + (CaseContext.Hour * (i + 1)),
                        i % 2 == 0 ? IfHeld(t) : false,
                        $"get and touch number {i}"
                    ) ?? record;
                }
            },
            CaseNeeds.GetAndTouch
        ),
        Optional(
            "GTT-04",
            "A session that was never stored, was destroyed or has expired is returned as absent, and nothing is created.",
            SignedInAgain,
            ["an upsert is used", "the expiry of a row that is not pruned yet is not checked"],
            async t =>
            {
                var (never, destroyed, expired) = (t.NewSid(), t.NewSid(), t.NewSid());
                await t.Store.SetAsync(destroyed, t.Record(CaseContext.Hour));
                await t.Store.DestroyAsync(destroyed);
                var brief = t.Record(t.Life);
                await t.Store.SetAsync(expired, brief);
                await t.PassAsync(brief.Expires!.Value);
                foreach (var (sid, what) in new[] { (never, "was never stored"), (destroyed, "was destroyed"), (expired, "has expired") })
                {
                    foreach (var prefix in new[] { default, Beginning(brief) })
                    {
                        ExpectAbsent(
                            t,
                            await t.Store.GetAndTouchAsync(sid, prefix, t.Now + CaseContext.Hour),
                            $"get and touch of a session that {what}"
                        );
                        await t.ExpectAbsentAsync(sid, $"after get and touch of a session that {what}");
                    }
                }
            },
            CaseNeeds.GetAndTouch | CaseNeeds.Time
        ),
        Optional(
            "GTT-05",
            "Get and touch can shorten the life.",
            "'Sign me out everywhere in a minute' has no effect.",
            ["the later of two expiries is kept (ZADD GT, GREATEST)"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour * 8));
                var expires = t.Now + t.Life;
                await t.Store.GetAndTouchAsync(sid, default, expires);
                await t.PassAsync(expires);
                await t.ExpectAbsentAsync(sid, "after the earlier expiry of get and touch");
            },
            CaseNeeds.GetAndTouch | CaseNeeds.Time
        ),
        Optional(
            "GTT-06",
            "Without an expiry get and touch gives the default lifetime from now.",
            "A session that was shortened once stays short, or never ends.",
            ["no expiry is taken for 'leave it'", "no expiry is taken for 'for ever'"],
            async t =>
            {
                var life = t.Settings.DefaultLifetime ?? t.Request.DefaultLifetime;
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour * 9));
                var before = t.Now;
                var returned = (await t.Store.GetAndTouchAsync(sid, default, null)).Record;
                var after = t.Now;
                t.ExpectLife(life, before, after, returned, "get and touch without an expiry");
                t.ExpectLife(life, before, after, await t.Store.GetAsync(sid), "after get and touch without an expiry");
            },
            CaseNeeds.GetAndTouch
        ),
        Optional(
            "GTT-07",
            "An expiry that is not in the future ends a session that begins with the prefix and returns absent; another one stays.",
            "'End this session' by an administrator has no effect.",
            ["a negative lifetime is taken for 'for ever'", "the record that was there is returned"],
            async t =>
            {
                foreach (var ago in new[] { TimeSpan.Zero, TimeSpan.FromMinutes(1) })
                {
                    var sid = t.NewSid();
                    var record = t.Record(CaseContext.Hour);
                    await t.Store.SetAsync(sid, record);
                    await ExpectAsync(
                        t,
                        sid,
                        record,
                        Others(record)[0],
                        t.Now - ago,
                        false,
                        "get and touch of a session that begins otherwise, with an expiry that is not in the future"
                    );
                    ExpectAbsent(
                        t,
                        await t.Store.GetAndTouchAsync(sid, default, t.Now - ago),
                        "get and touch with an expiry that is not in the future"
                    );
                    await t.ExpectAbsentAsync(sid, "after get and touch with an expiry that is not in the future");
                }
            },
            CaseNeeds.GetAndTouch
        ),
        Optional(
            "GTT-08",
            "An empty prefix touches every session.",
            SignedOut,
            ["an empty parameter is null to the backend, and equal to nothing"],
            async t =>
            {
                foreach (var value in new[] { "a", "" })
                {
                    var sid = t.NewSid();
                    var record = t.Record(CaseContext.Hour, value);
                    await t.Store.SetAsync(sid, record);
                    await ExpectAsync(t, sid, record, default, t.Now + (CaseContext.Hour * 2), true, "get and touch with an empty prefix");
                }
            },
            CaseNeeds.GetAndTouch
        ),
    ];

    /// <summary>The beginning of a payload, with its lifetime, as a consumer passes it.</summary>
    public static ReadOnlyMemory<byte> Beginning(SessionRecord record) => record.Payload[..(record.Payload.Span.IndexOf((byte)',') + 1)];

    /// <summary>
    /// Whether a session that begins so must be touched: a store that does not hold the bytes may take every comparison for failed.
    /// </summary>
    public static bool? IfHeld(CaseContext t) => t.Settings.Fidelity == PayloadFidelity.Bytes ? true : null;

    /// <summary>Gets and touches a live session, and checks the result and what get reports afterwards.</summary>
    /// <param name="t">The case.</param>
    /// <param name="sid">The session.</param>
    /// <param name="stored">The session as it is stored, with its expiry.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="expires">The expiry that is asked for.</param>
    /// <param name="isTouched">Whether it must be touched; null: the store may choose.</param>
    /// <param name="what">What is done, for the reader.</param>
    /// <returns>The session with the expiry that it has now; null if it was absent.</returns>
    public static async Task<SessionRecord?> ExpectAsync(
        CaseContext t,
        string sid,
        SessionRecord stored,
        ReadOnlyMemory<byte> prefix,
        DateTimeOffset expires,
        bool? isTouched,
        string what
    )
    {
        var result = await t.Store.GetAndTouchAsync(sid, prefix, expires);
        if (result.Record is not { } record)
        {
            t.Expect.Add($"{what}: the session", "absent");
            return null;
        }

        var same = t.Settings.ExpiryInPayload
            ? Payloads.SameContent(stored.Payload, record.Payload, t.Settings.Fidelity)
            : Payloads.Same(stored.Payload, record.Payload, t.Settings.Fidelity);
        t.Expect.That(
            same,
            $"{what}: {Payloads.Describe(stored.Payload)}, as stored",
            same ? "" : Payloads.Difference(stored.Payload, record.Payload, t.Settings.Fidelity)
        );
        t.Expect.That(
            isTouched is null || result.IsTouched == isTouched,
            $"{what}: {(isTouched == true ? "touched" : "not touched")}",
            result.IsTouched ? "touched" : "not touched"
        );

        var end = result.IsTouched ? expires : stored.Expires!.Value;
        var when = $"{what}, which was returned as {(result.IsTouched ? "touched" : "not touched")}";
        t.ExpectExpires(end, record, when);
        if (await t.ExpectSessionAsync(sid, stored, $"get after {what}", exact: !t.Settings.ExpiryInPayload) is { } read)
        {
            t.ExpectExpires(end, read, $"get after {when}");
        }

        return SessionRecord.TakeOwnership(stored.Payload, end);
    }

    private static void ExpectAbsent(CaseContext t, GetAndTouchResult result, string what) =>
        t.Expect.That(
            result is { Record: null, IsTouched: false },
            $"{what}: absent, and not touched",
            $"{(result.Record is null ? "absent" : Payloads.Describe(result.Record.Payload))}, "
                + $"{(result.IsTouched ? "touched" : "not touched")}"
        );

    /// <summary>What a payload begins with only for a comparison of patterns, or without case.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Patterns(SessionRecord record)
    {
        var beginning = System.Text.Encoding.UTF8.GetString(Beginning(record).Span);
        foreach (
            var pattern in new[]
            {
                beginning.ToUpperInvariant(),
                beginning.Replace("cookie", "c__kie", StringComparison.Ordinal),
                "{%",
                "{*",
                "{?cookie",
                "{.cookie",
                ".*",
            }
        )
        {
            yield return System.Text.Encoding.UTF8.GetBytes(pattern);
        }
    }

    /// <summary>
    /// What a payload does not begin with: another lifetime, a piece of its middle, more than it has, patterns that would match it.
    /// </summary>
    private static ReadOnlyMemory<byte>[] Others(SessionRecord record)
    {
        var other = Beginning(record).ToArray();
        other[^2] = other[^2] == (byte)'7' ? (byte)'8' : (byte)'7';
        return [other, record.Payload[1..], record.Payload[^9..], (byte[])[.. record.Payload.Span, (byte)' '], .. Patterns(record)];
    }
}
