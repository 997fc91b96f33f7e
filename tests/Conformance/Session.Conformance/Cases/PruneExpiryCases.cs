using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>PRN, continued: by which expiry prune goes.</summary>
internal static class PruneExpiryCases
{
    private const CaseNeeds Timed = CaseNeeds.Prune | CaseNeeds.Time;

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "PRN-09",
            "Prune goes by the expiry of the last write: of a set, a try-set, a touch or get-and-touch, later or earlier.",
            "Active users are signed out by the clean-up, or sessions that have ended fill up the backend.",
            [
                "prune goes by an index or a queue that a touch does not move",
                "the entry of the first expiry stays in the index, and prune removes the session by it",
                "a session that was shortened keeps its old place in the index",
            ],
            ByTheLastAsync,
            Timed,
            alone: true
        ),
        Hardened(
            "PRN-10",
            "Prune removes no session before its expiry, not by a millisecond, and counts none that is not expired.",
            "Users are signed out by the clean-up.",
            [
                "prune compares with a coarser unit, or with a margin",
                "prune compares with a clock of its own",
                "a session without an expiry is removed",
            ],
            async t =>
            {
                var (brief, byDefault) = (t.NewSid(), t.NewSid());
                var record = t.Record(t.Life);
                await t.Store.SetAsync(brief, record);
                await t.Store.SetAsync(byDefault, t.Session(null, ("value", "1")));
                var end = t.EndOf(record, await t.Store.GetAsync(brief)) - t.Time.Slack;
                foreach (var before in new[] { t.Life, TimeSpan.FromSeconds(61), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1) })
                {
                    await t.AdvanceAsync(end - before - t.Time.Clock.GetUtcNow());
                    var removed = await t.Store.PruneAsync(100);
                    t.Expect.That(removed == 0, $"prune {Text.Span(before)[1..]} before the first expiry: 0", $"{removed}");
                    await t.ExpectLiveAsync(brief, end, $"after prune, {Text.Span(before)[1..]} before the expiry");
                    await t.ExpectLiveAsync(byDefault, t.Now + CaseContext.Hour, "a session without an expiry, after prune");
                }
            },
            Timed | CaseNeeds.ExactTime,
            alone: true
        ),
    ];

    private static async Task ByTheLastAsync(CaseContext t)
    {
        var (staying, ending) = (new List<string>(), new List<string>());
        var (brief, lasting) = (t.Record(t.Life), t.Record(CaseContext.Hour * 4));
        foreach (var write in Writes(t))
        {
            var (longer, shorter) = (t.NewSid(), t.NewSid());
            await t.Store.SetAsync(longer, brief);
            await write(longer, brief, lasting);
            staying.Add(longer);
            await t.Store.SetAsync(shorter, lasting);
            await write(shorter, lasting, brief);
            ending.Add(shorter);
        }

        if (t.Time.Mode != StoreTime.Virtual && t.Time.Clock.GetUtcNow() >= brief.Expires!.Value - t.Time.Slack)
        {
            throw new InconclusiveException();
        }

        await t.PassAsync(brief.Expires!.Value);
        var removed = await t.Store.PruneAsync(100);
        t.Expect.That(
            removed == ending.Count || (t.Settings.PrunesInBackground && removed < ending.Count),
            $"prune of {ending.Count} sessions that were shortened and have ended, beside {staying.Count} that were lengthened: "
                + $"{ending.Count}",
            $"{removed}"
        );
        foreach (var sid in staying)
        {
            await t.ExpectLiveAsync(sid, lasting.Expires!.Value, "a session whose life was lengthened, after prune at its first expiry");
        }

        foreach (var sid in ending)
        {
            await t.ExpectAbsentAsync(sid, "a session whose life was shortened, after its end");
        }
    }

    /// <summary>The ways in which an expiry moves.</summary>
    private static IEnumerable<Func<string, SessionRecord, SessionRecord, Task>> Writes(CaseContext t)
    {
        yield return (sid, _, next) => t.Store.SetAsync(sid, next);
        if (t.Store.Raw is ITouchableSessionStore)
        {
            yield return (sid, _, next) => t.Store.TouchAsync(sid, next);
        }

        if (t.Store.Raw is IGetAndTouchSessionStore)
        {
            yield return (sid, _, next) => t.Store.GetAndTouchAsync(sid, default, next.Expires);
        }

        if (t.Store.Raw is IConditionalSessionStore)
        {
            yield return (sid, now, next) => t.Store.TrySetAsync(sid, next, now);
        }
    }
}
