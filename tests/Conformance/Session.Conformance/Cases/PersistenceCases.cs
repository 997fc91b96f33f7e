using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>PER: what outlives the store object.</summary>
internal static class PersistenceCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Optional(
            "PER-01",
            "A session that was set is there after reopening, with its expiry.",
            "Every restart signs everybody out.",
            ["writes are acknowledged before they are written", "what is at rest cannot be read again"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Session(t.Now + CaseContext.Hour, ("user", "\"ada\""), ("text", "\"é 😀\""));
                await t.Store.SetAsync(sid, record);
                await t.ReopenAsync();
                if (await t.ExpectSessionAsync(sid, record, "after reopening") is { } read)
                {
                    t.ExpectExpires(record.Expires!.Value, read, "after reopening");
                }
            },
            CaseNeeds.Reopen,
            alone: true
        ),
        Optional(
            "PER-02",
            "A session that was destroyed stays destroyed after reopening.",
            "A restart brings back everybody who has signed out.",
            ["removals are kept in memory only"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                await t.Store.DestroyAsync(sid);
                await t.ReopenAsync();
                await t.ExpectAbsentAsync(sid, "a destroyed session, after reopening");
            },
            CaseNeeds.Reopen,
            alone: true
        ),
        Optional(
            "PER-03",
            "The expiry runs on while the store is closed.",
            "Sessions live longer with every restart.",
            ["a remaining time is stored instead of an instant"],
            async t =>
            {
                var (ending, staying) = (t.NewSid(), t.NewSid());
                var brief = t.Record(t.Life);
                var lasting = t.Record(CaseContext.Hour * 4);
                await t.Store.SetAsync(ending, brief);
                await t.Store.SetAsync(staying, lasting);
                await t.Store.DisposeAsync();
                await t.PassAsync(brief.Expires!.Value);
                await t.ReopenAsync();
                await t.ExpectAbsentAsync(ending, "a session that ended while the store was closed");
                await t.ExpectSessionAsync(staying, lasting, "a session that goes on, after reopening");
            },
            CaseNeeds.Reopen | CaseNeeds.Time,
            alone: true
        ),
        Optional(
            "PER-04",
            "The expiry of the last touch is there after reopening.",
            "After a restart active users are signed out.",
            ["touches are kept in memory and written now and then"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                var touched = t.Record(CaseContext.Hour * 3);
                await t.Store.TouchAsync(sid, touched);
                await t.ReopenAsync();
                if (await t.Store.GetAsync(sid) is { } read)
                {
                    t.ExpectExpires(touched.Expires!.Value, read, "a touched session, after reopening");
                }
                else
                {
                    t.Expect.Add("a touched session, after reopening: there", "absent");
                }
            },
            CaseNeeds.Reopen | CaseNeeds.Touch,
            alone: true
        ),
        Optional(
            "PER-05",
            "What was acknowledged is there for a store that is opened after the first was killed, not closed.",
            "A crash takes the sign-ins, and brings back the sign-outs, of the time before it.",
            ["writes are held back until disposal, or until a timer comes"],
            async t =>
            {
                var (kept, changed, destroyed) = (t.NewSid(), t.NewSid(), t.NewSid());
                var (first, second) = (t.Record(CaseContext.Hour, "first"), t.Record(CaseContext.Hour, "second"));
                await t.Store.SetAsync(kept, first);
                await t.Store.SetAsync(changed, first);
                await t.Store.SetAsync(changed, second);
                await t.Store.SetAsync(destroyed, first);
                await t.Store.DestroyAsync(destroyed);
                await t.OpenAgainAsync();
                await t.ExpectSessionAsync(kept, first, "a session that was set before the crash");
                await t.ExpectSessionAsync(changed, second, "a session that was set twice before the crash");
                await t.ExpectAbsentAsync(destroyed, "a session that was destroyed before the crash");
            },
            CaseNeeds.Reopen,
            alone: true
        ),
        Optional(
            "PER-06",
            "What was stored before reopening is listed, counted and cleared after it.",
            "After a restart 'sign out everywhere' signs no user out.",
            [
                "listing goes by an index of ids that is in memory",
                "length is a counter that begins at 0",
                "clear removes what this instance has set",
            ],
            async t =>
            {
                var stored = await EnumerationCases.StoreAsync(t, 3);
                var (gone, staying) = (stored.Keys.First(), stored.Keys.Skip(1).ToArray());
                await t.ReopenAsync();
                await t.Store.DestroyAsync(gone);
                EnumerationCases.ExpectSids(t, staying, await t.Store.ListAsync(), "what was stored before reopening");
                await EnumerationCases.ExpectLengthAsync(t, staying.Length, "what was stored before reopening");
                await t.Store.ClearAsync();
                foreach (var sid in staying)
                {
                    await t.ExpectAbsentAsync(sid, "a session from before reopening, after clear");
                }
            },
            CaseNeeds.Reopen | CaseNeeds.Enumeration,
            alone: true
        ),
    ];
}
