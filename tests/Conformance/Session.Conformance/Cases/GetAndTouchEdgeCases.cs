using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>GTT, continued: content, neighbours, buffers and races.</summary>
internal static class GetAndTouchEdgeCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Optional(
            "GTT-09",
            "Get and touch is no change: a record that was read before, or that it returns, still matches what is there.",
            "Every request of an active user loses its changes.",
            ["touching renews the token", "the record is returned with a token of its own"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "first"));
                var read = await ConditionalCases.ReadAsync(t, sid);
                await t.Store.GetAndTouchAsync(sid, default, t.Now + (CaseContext.Hour * 3));
                await ExpectStoredAsync(t, sid, "second", read, "try-set expecting what get gave before get and touch");
                var touched = (await t.Store.GetAndTouchAsync(sid, default, t.Now + (CaseContext.Hour * 2))).Record;
                t.Expect.Require(touched is not null, "get and touch of a live session: the session", "absent");
                await ExpectStoredAsync(t, sid, "third", touched!, "try-set expecting what get and touch has given");
            },
            CaseNeeds.GetAndTouch | CaseNeeds.ConditionalSet
        ),
        Optional(
            "GTT-10",
            "A get and touch that races a destroy does not bring the session back.",
            "A user who has signed out is signed in again by a request that was late.",
            ["reading and moving are two steps, and the second one writes"],
            async t =>
            {
                for (var round = 0; round < 60; round++)
                {
                    var sid = t.NewSid();
                    await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                    await Race.TogetherAsync([
                        async () =>
                        {
                            await Race.YieldAsync(round % 8);
                            await t.Store.DestroyAsync(sid);
                        },
                        .. Enumerable.Repeat<Func<Task>>(() => t.Store.GetAndTouchAsync(sid, default, t.Now + CaseContext.Hour), 3),
                    ]);
                    await t.ExpectAbsentAsync(sid, "after destroy, with get and touch at the same time");
                }
            },
            CaseNeeds.GetAndTouch,
            races: true
        ),
        Optional(
            "GTT-11",
            "A try-set that races get and touch is not lost, and each result is one of the two sessions, whole.",
            "What the user has just saved is gone on the next page.",
            ["the session is read and written back with its new expiry"],
            async t =>
            {
                for (var round = 0; round < 40; round++)
                {
                    var sid = t.NewSid();
                    var (old, saved) = (t.Record(CaseContext.Hour, "old"), t.Record(CaseContext.Hour, "new"));
                    await t.Store.SetAsync(sid, old);
                    await Race.TogetherAsync([
                        .. Enumerable.Repeat<Func<Task>>(
                            async () =>
                            {
                                var result = (
                                    await t.Store.GetAndTouchAsync(sid, GetAndTouchCases.Beginning(old), t.Now + (CaseContext.Hour * 2))
                                ).Record;
                                t.Expect.That(
                                    result is not null
                                        && new[] { old, saved }.Any(one =>
                                            Payloads.SameContent(one.Payload, result.Payload, t.Settings.Fidelity)
                                        ),
                                    "get and touch during a try-set: the old session or the new one",
                                    result is null ? "absent" : "another"
                                );
                            },
                            4
                        ),
                        async () =>
                        {
                            var result = await t.Store.TrySetAsync(sid, saved, old);
                            t.Expect.That(
                                result == ConditionalSetResult.Stored,
                                "try-set among get and touch, expecting what was set: Stored",
                                $"{result}"
                            );
                        },
                    ]);
                    await t.ExpectSessionAsync(sid, saved, "a try-set among get and touch, when all have completed", exact: false);
                }
            },
            CaseNeeds.GetAndTouch | CaseNeeds.ConditionalSet,
            races: true
        ),
        Optional(
            "GTT-12",
            "A later change of the prefix has no effect, and a record that was returned never changes.",
            "A session changes because another one does.",
            ["the caller's buffer is kept, as the key of a cache for instance", "one buffer or one record object is used for all results"],
            async t =>
            {
                var (one, other) = (t.NewSid(), t.NewSid());
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(one, record);
                await t.Store.SetAsync(other, t.Record(CaseContext.Hour, "other!"));
                var prefix = record.Payload[..1].ToArray();
                var handedOut = (await t.Store.GetAndTouchAsync(one, prefix, t.Now + (CaseContext.Hour * 2))).Record;
                t.Expect.Require(handedOut is not null, "get and touch of a live session: the session", "absent");
                var (bytes, expires) = (handedOut!.Payload.ToArray(), handedOut.Expires);

                prefix[0] = (byte)'x';
                var stored = SessionRecord.TakeOwnership(record.Payload, expires);
                await GetAndTouchCases.ExpectAsync(
                    t,
                    one,
                    stored,
                    record.Payload[..1],
                    t.Now + (CaseContext.Hour * 3),
                    GetAndTouchCases.IfHeld(t),
                    "get and touch after the first prefix was written over"
                );
                await t.Store.GetAndTouchAsync(other, default, t.Now + (CaseContext.Hour * 4));
                await t.Store.SetAsync(one, t.Record(CaseContext.Hour, "next!!"));
                t.Expect.That(
                    handedOut.Payload.Span.SequenceEqual(bytes) && handedOut.Expires == expires,
                    "a record that get and touch returned: unchanged",
                    "it has changed"
                );
            },
            CaseNeeds.GetAndTouch
        ),
        Optional(
            "GTT-14",
            "Get and touch moves the expiry by any amount: by an hour and by the store's unit, later and earlier.",
            "An active user is signed out before the time that the cookie says.",
            ["the new expiry is written only if it differs by more than some seconds"],
            async t =>
            {
                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await t.Store.SetAsync(sid, record);
                await ExpiryChangeCases.ExpectMovesAsync(t, sid, record, "get and touch", next =>
                    t.Store.GetAndTouchAsync(sid, default, next.Expires)
                );
            },
            CaseNeeds.GetAndTouch | CaseNeeds.SeparateExpiry
        ),
        Optional(
            "GTT-13",
            "Get and touch moves the expiry of that session and of no other.",
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

                await t.Store.GetAndTouchAsync(sid, default, t.Now + (CaseContext.Hour * 6));
                foreach (var other in others)
                {
                    if (await t.ExpectSessionAsync(other, record, "another session, after get and touch") is { } read)
                    {
                        t.ExpectExpires(record.Expires!.Value, read, "another session, after get and touch");
                    }
                }
            },
            CaseNeeds.GetAndTouch
        ),
    ];

    private static async Task ExpectStoredAsync(CaseContext t, string sid, string value, SessionRecord expected, string what)
    {
        var next = t.Record(CaseContext.Hour, value);
        var result = await t.Store.TrySetAsync(sid, next, expected);
        t.Expect.That(result == ConditionalSetResult.Stored, $"{what}: Stored", $"{result}");
        await t.ExpectSessionAsync(sid, next, $"after {what}");
    }
}
