using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CLK: a clock that is corrected while the store is in use.</summary>
internal static class ClockCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "CLK-01",
            "A clock that is set back ends no session, brings none back that was destroyed, and holds up no write.",
            "After a correction of a server's clock everybody is signed out, or nothing that users do is stored.",
            [
                "a negative elapsed time is taken for a very long one",
                "order of writes is taken from the clock: a write with an older time is dropped",
                "a destroy counts only if it is newer than the session",
                "a tombstone that is newer than now is not looked at",
            ],
            SetBackAsync,
            CaseNeeds.ExactTime,
            alone: true
        ),
    ];

    private static async Task SetBackAsync(CaseContext t)
    {
        const string When = "after the clock was set back";
        var sids = Enumerable.Range(0, 6).Select(_ => t.NewSid()).ToArray();
        var (live, destroyed, replaced, ended, touched, compared) = (sids[0], sids[1], sids[2], sids[3], sids[4], sids[5]);
        var record = t.Record(CaseContext.Hour * 2);
        foreach (var sid in sids)
        {
            await t.Store.SetAsync(sid, record);
        }

        await t.Store.DestroyAsync(destroyed);
        ((ManualClock)t.Time.Clock).StepBack(TimeSpan.FromMinutes(10));
        t.Transcript.Note("(the clock is set back by 10 minutes)");
        await t.ExpectSessionAsync(live, record, $"a live session, {When}");
        await t.ExpectAbsentAsync(destroyed, $"a destroyed session, {When}");
        var (next, later) = (t.Record(CaseContext.Hour, "next"), t.NewSid());
        await t.Store.SetAsync(later, next);
        await t.ExpectSessionAsync(later, next, $"a session that was set {When}");
        await t.Store.SetAsync(replaced, next);
        if (await t.ExpectSessionAsync(replaced, next, $"a session from before that was set again {When}") is { } read)
        {
            t.ExpectExpires(next.Expires!.Value, read, $"a session from before that was set again {When}");
        }

        await t.Store.SetAsync(destroyed, next);
        await t.ExpectSessionAsync(destroyed, next, $"a destroyed session that was set again {When}");
        await t.Store.DestroyAsync(ended);
        await t.ExpectAbsentAsync(ended, $"a session from before that was destroyed {When}");
        if (t.Store.Raw is ITouchableSessionStore)
        {
            await t.Store.TouchAsync(touched, next);
            if (await t.ExpectSessionAsync(touched, record, $"a session from before that was touched {When}", exact: false) is { } moved)
            {
                t.ExpectExpires(next.Expires!.Value, moved, $"a session from before that was touched {When}");
            }
        }

        if (t.Store.Raw is IConditionalSessionStore)
        {
            var result = await t.Store.TrySetAsync(compared, next, record);
            t.Expect.That(result == ConditionalSetResult.Stored, $"try-set {When}, expecting what is there: Stored", $"{result}");
            await t.ExpectSessionAsync(compared, next, $"after try-set {When}");
        }
    }
}
