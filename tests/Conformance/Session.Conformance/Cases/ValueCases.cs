using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>ISO: a record is a value.</summary>
internal static class ValueCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "ISO-01",
            "A record that was returned never changes.",
            "A request sees the values of another user's session in its own.",
            [
                "buffers from a pool are returned and used again",
                "one record object per session is kept and written into",
                "one buffer for each session, filled again by every get of it",
            ],
            async t =>
            {
                var (sid, other) = (t.NewSid(), t.NewSid());
                var record = t.Record(CaseContext.Hour, "first");
                await t.Store.SetAsync(sid, record);
                await t.Store.SetAsync(other, t.Record(CaseContext.Hour, "other"));
                if (await t.ExpectSessionAsync(sid, record, "after set") is not { } read)
                {
                    return;
                }

                var (bytes, expires) = (read.Payload.ToArray(), read.Expires);
                await t.Store.GetAsync(other);
                Check("another session was read");
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour * 2, "later"));
                Check("the session was set again");
                await t.Store.GetAsync(sid);
                Check("the session was set and read again");
                if (t.Store.Raw is ITouchableSessionStore)
                {
                    await t.Store.TouchAsync(sid, t.Record(CaseContext.Hour * 3));
                    Check("the session was touched");
                    await t.Store.GetAsync(sid);
                    Check("the session was touched and read again");
                }

                if (t.Store.Raw is IGetAndTouchSessionStore)
                {
                    await t.Store.GetAndTouchAsync(sid, default, t.Now + (CaseContext.Hour * 4));
                    Check("get and touch of the session");
                }

                await t.Store.DestroyAsync(sid);
                Check("the session was destroyed");

                void Check(string what) =>
                    t.Expect.That(
                        read.Payload.Span.SequenceEqual(bytes) && read.Expires == expires,
                        $"a record read earlier, after {what}: as it was",
                        "it has changed"
                    );
            }
        ),
        Required(
            "ISO-02",
            "Set does not change the record that is passed to it.",
            "The rest of the request works with a session that is not the user's.",
            ["encrypting, compressing or escaping in place"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                var bytes = record.Payload.ToArray();
                await t.Store.SetAsync(sid, record);
                await t.Store.GetAsync(sid);
                t.Expect.That(
                    record.Payload.Span.SequenceEqual(bytes),
                    "the record that was set, afterwards: as it was",
                    "its payload has changed"
                );
            }
        ),
        Required(
            "ISO-03",
            "What set has stored does not change with the record that was passed to it.",
            "A session changes because another one does.",
            ["the caller's record is kept, and written into by a later operation"],
            async t =>
            {
                var (one, other) = (t.NewSid(), t.NewSid());
                var record = t.Record(CaseContext.Hour, "shared");
                await t.Store.SetAsync(one, record);
                await t.Store.SetAsync(other, record);
                var before = (await t.Store.GetAsync(other))?.Expires;
                if (t.Store.Raw is ITouchableSessionStore)
                {
                    await t.Store.TouchAsync(one, t.Record(CaseContext.Hour * 5, "shared"));
                }

                await t.Store.SetAsync(one, t.Record(CaseContext.Hour, "other!"));
                if (await t.ExpectSessionAsync(other, record, "the second session that was set from one record") is { } read)
                {
                    // As it was before: whether that is the one that was asked for is for GSD-02 to say.
                    t.Expect.That(
                        before is { } asked && read.Expires is { } now && (now - asked).Duration() <= t.Time.Slack * 2,
                        $"the second session, after the first was touched: Expires {Text.Instant(before)}, as before",
                        $"Expires {Text.Instant(read.Expires)}"
                    );
                }
            }
        ),
        Optional(
            "ISO-08",
            "What a listing has yielded never changes.",
            "An administrator's page shows one user's session under another's name.",
            ["one buffer or one record object is used for all steps of the listing"],
            async t =>
            {
                var stored = new Dictionary<string, SessionRecord>(StringComparer.Ordinal);
                for (var i = 0; i < 5; i++)
                {
                    var sid = t.NewSid();
                    stored[sid] = t.Record(CaseContext.Hour, $"session {i}");
                    await t.Store.SetAsync(sid, stored[sid]);
                }

                foreach (var entry in await t.Store.ListAsync())
                {
                    t.Expect.That(
                        stored.TryGetValue(entry.Sid, out var record)
                            && Payloads.Same(record.Payload, entry.Record.Payload, t.Settings.Fidelity),
                        "after the listing: each entry with the session of its id",
                        "an entry with another session's payload"
                    );
                }
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
    ];
}
