using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CND: compare and set.</summary>
internal static class ConditionalCases
{
    private const string Lost = "Of two requests at the same time one undoes what the other has saved.";
    private const string BackAgain = "A user who has signed out is signed in again by a request that was still running.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "CND-01",
            "Expecting absence stores a session that is absent: never stored, destroyed or expired.",
            "A new session cannot be saved.",
            ["a row that has expired and was not pruned prevents the write"],
            async t =>
            {
                var (fresh, destroyed, expired) = (t.NewSid(), t.NewSid(), t.NewSid());
                await t.Store.SetAsync(destroyed, t.Record(CaseContext.Hour));
                await t.Store.DestroyAsync(destroyed);
                var brief = t.Record(t.Life);
                await t.Store.SetAsync(expired, brief);
                await t.PassAsync(brief.Expires!.Value);
                foreach (var (sid, what) in new[] { (fresh, "never stored"), (destroyed, "destroyed"), (expired, "expired") })
                {
                    var record = t.Record(CaseContext.Hour, what);
                    await ExpectAsync(
                        t,
                        ConditionalSetResult.Stored,
                        sid,
                        record,
                        null,
                        $"try-set of an absent session ({what}), expecting absence"
                    );
                    await t.ExpectSessionAsync(sid, record, $"after try-set of an absent session ({what})");
                }
            },
            CaseNeeds.ConditionalSet | CaseNeeds.Time
        ),
        Hardened(
            "CND-02",
            "Expecting absence returns Changed if a session is there, and writes nothing.",
            Lost,
            ["'must not exist' is a plain upsert"],
            async t =>
            {
                var sid = t.NewSid();
                var stored = t.Record(CaseContext.Hour, "stored");
                await t.Store.SetAsync(sid, stored);
                await ExpectAsync(
                    t,
                    ConditionalSetResult.Changed,
                    sid,
                    t.Record(CaseContext.Hour, "other"),
                    null,
                    "try-set of a session that is there, expecting absence"
                );
                await t.ExpectSessionAsync(sid, stored, "after try-set that expected absence");
            },
            CaseNeeds.ConditionalSet
        ),
        Hardened(
            "CND-03",
            "Expecting what is there stores payload and expiry, repeatedly.",
            "A session cannot be saved any more.",
            ["the token is not renewed after a write", "the comparison never holds", "the expiry is not written, or only if it is later"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "0"));
                for (var i = 1; i <= 4; i++)
                {
                    // Later and earlier in turn.
                    var next = t.Record(CaseContext.Hour * (i % 2 == 0 ? 1 : 3), $"{i}");
                    await ExpectAsync(
                        t,
                        ConditionalSetResult.Stored,
                        sid,
                        next,
                        await ReadAsync(t, sid),
                        "try-set expecting what get has just given"
                    );
                    if (await t.ExpectSessionAsync(sid, next, "after try-set that was Stored") is { } read)
                    {
                        t.ExpectExpires(next.Expires!.Value, read, "after try-set that was Stored");
                    }
                }
            },
            CaseNeeds.ConditionalSet
        ),
        Hardened(
            "CND-04",
            "Expecting an older content returns Changed, and writes nothing.",
            Lost,
            ["the comparison always holds", "only existence is compared"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "first"));
                var old = await ReadAsync(t, sid);
                var current = t.Record(CaseContext.Hour, "second");
                await t.Store.SetAsync(sid, current);
                await ExpectAsync(
                    t,
                    ConditionalSetResult.Changed,
                    sid,
                    t.Record(CaseContext.Hour * 2, "third"),
                    old,
                    "try-set expecting the content before the last set"
                );
                if (await t.ExpectSessionAsync(sid, current, "after try-set that was Changed") is { } read)
                {
                    t.ExpectExpires(current.Expires!.Value, read, "after try-set that was Changed");
                }
            },
            CaseNeeds.ConditionalSet
        ),
        Hardened(
            "CND-05",
            "Expecting a session that was destroyed, has expired or was never stored returns Missing, and creates nothing.",
            BackAgain,
            ["an update without rows falls back to an insert", "Changed and Missing are not told apart", "an expired row counts as there"],
            async t =>
            {
                var (never, destroyed, expired) = (t.NewSid(), t.NewSid(), t.NewSid());
                await t.Store.SetAsync(destroyed, t.Record(CaseContext.Hour));
                var old = await ReadAsync(t, destroyed);
                await t.Store.DestroyAsync(destroyed);
                var brief = t.Record(t.Life);
                await t.Store.SetAsync(expired, brief);
                await t.PassAsync(brief.Expires!.Value);
                foreach (
                    var (sid, expected, what) in new[]
                    {
                        (never, brief, "was never stored"),
                        (destroyed, old, "was destroyed"),
                        (expired, brief, "has expired"),
                    }
                )
                {
                    await ExpectAsync(
                        t,
                        ConditionalSetResult.Missing,
                        sid,
                        t.Record(CaseContext.Hour),
                        expected,
                        $"try-set expecting a session that {what}"
                    );
                    await t.ExpectAbsentAsync(sid, $"after try-set expecting a session that {what}");
                }
            },
            CaseNeeds.ConditionalSet | CaseNeeds.Time
        ),
        Hardened(
            "CND-07",
            "A touch is no change: a record that was read before still matches what is there.",
            "Every request of an active user loses its changes.",
            ["the expiry is part of what is compared", "touch renews the token"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "first"));
                var read = await ReadAsync(t, sid);
                await t.Store.TouchAsync(sid, new SessionRecord(read.Payload.Span, t.Now + (CaseContext.Hour * 3)));
                var next = t.Record(CaseContext.Hour * 2, "second");
                await ExpectAsync(
                    t,
                    ConditionalSetResult.Stored,
                    sid,
                    next,
                    read,
                    "try-set expecting a content that was only touched since"
                );
                await t.ExpectSessionAsync(sid, next, "after try-set of a touched session");
            },
            CaseNeeds.ConditionalSet | CaseNeeds.Touch
        ),
        Hardened(
            "CND-10",
            "A record that was set or returned can be expected.",
            "A request that saves twice loses its second save.",
            ["only records with a token can be compared"],
            async t =>
            {
                var sid = t.NewSid();
                var first = t.Record(CaseContext.Hour, "first");
                await t.Store.SetAsync(sid, first);
                var second = t.Record(CaseContext.Hour, "second");
                await ExpectAsync(t, ConditionalSetResult.Stored, sid, second, first, "try-set expecting the record that was set");
                var third = t.Record(CaseContext.Hour, "third");
                await ExpectAsync(t, ConditionalSetResult.Stored, sid, third, second, "try-set expecting the record that was try-set");
                await ExpectAsync(
                    t,
                    ConditionalSetResult.Changed,
                    sid,
                    t.Record(CaseContext.Hour, "fourth"),
                    first,
                    "try-set expecting the record that was set first"
                );
                await t.ExpectSessionAsync(sid, third, "in the end");
            },
            CaseNeeds.ConditionalSet
        ),
        Hardened(
            "CND-14",
            "A record from before a destroy, an expiry or a clear does not match the session that was set since.",
            "A request that was still running overwrites the session of the next sign-in with that of the one before.",
            ["a version begins again at 1 with a new session", "a record without a token matches any session of its id"],
            async t =>
            {
                foreach (var (end, what) in Ends(t))
                {
                    var sid = t.NewSid();
                    var first = t.Record(t.Life, "first");
                    await t.Store.SetAsync(sid, first);
                    await t.ExpectLiveAsync(sid, first.Expires!.Value, "at once");
                    var old = await ReadAsync(t, sid);
                    await end(sid);
                    var current = t.Record(CaseContext.Hour, "second");
                    await t.Store.SetAsync(sid, current);
                    await ExpectAsync(
                        t,
                        ConditionalSetResult.Changed,
                        sid,
                        t.Record(CaseContext.Hour, "third"),
                        old,
                        $"try-set expecting a session that {what}, and was set again since"
                    );
                    await ExpectAsync(
                        t,
                        ConditionalSetResult.Changed,
                        sid,
                        t.Record(CaseContext.Hour, "fourth"),
                        first,
                        $"try-set expecting the record of a session that {what}, and was set again since"
                    );
                    await t.ExpectSessionAsync(sid, current, $"after try-set expecting a session that {what}");
                }
            },
            CaseNeeds.ConditionalSet | CaseNeeds.Time,
            alone: true
        ),
        Hardened(
            "CND-15",
            "A try-set of the same payload moves the expiry, by the store's unit too.",
            "A session that is only extended ends at its old expiry.",
            ["a write of unchanged bytes is skipped, and Stored is returned", "an expiry that hardly differs is not written"],
            async t =>
            {
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await t.Store.SetAsync(sid, record);
                await ExpiryChangeCases.ExpectMovesAsync(t, sid, record, "try-set", async next =>
                    await ExpectAsync(t, ConditionalSetResult.Stored, sid, next, record, "try-set of the same payload")
                );
            },
            CaseNeeds.ConditionalSet | CaseNeeds.SeparateExpiry
        ),
        Hardened(
            "CND-13",
            "A try-set whose expiry is not in the future returns Stored and leaves the session absent.",
            "A session that a request has ended goes on.",
            ["a negative lifetime is taken for 'for ever'", "the write is skipped, and the old session stays"],
            async t =>
            {
                var sid = t.NewSid();
                var first = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, first);
                await ExpectAsync(
                    t,
                    ConditionalSetResult.Stored,
                    sid,
                    t.Record(TimeSpan.FromMinutes(-1)),
                    first,
                    "try-set with an expiry a minute ago"
                );
                await t.ExpectAbsentAsync(sid, "after try-set with an expiry a minute ago");
            },
            CaseNeeds.ConditionalSet
        ),
    ];

    /// <summary>The ways in which a session ends.</summary>
    private static IEnumerable<(Func<string, Task> End, string What)> Ends(CaseContext t)
    {
        yield return (sid => t.Store.DestroyAsync(sid), "was destroyed");
        yield return (_ => t.PassAsync(t.Now + t.Life), "has expired");
        if (t.Store.Raw is IEnumerableSessionStore)
        {
            yield return (_ => t.Store.ClearAsync(), "was cleared");
        }
    }

    public static async Task<SessionRecord> ReadAsync(CaseContext t, string sid)
    {
        var record = await t.Store.GetAsync(sid);
        t.Expect.Require(record is not null, "a session that was set: there", "absent");
        return record!;
    }

    private static async Task ExpectAsync(
        CaseContext t,
        ConditionalSetResult expected,
        string sid,
        SessionRecord record,
        SessionRecord? expecting,
        string what
    )
    {
        var result = await t.Store.TrySetAsync(sid, record, expecting);
        t.Expect.That(result == expected, $"{what}: {expected}", $"{result}");
    }
}
