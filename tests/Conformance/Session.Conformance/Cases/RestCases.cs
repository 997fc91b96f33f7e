using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>RST: what must not stay at rest, looked for beside the store.</summary>
internal static class RestCases
{
    private const string Stays = "What a user believes to be deleted is in every backup, and the backend fills up.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "RST-01",
            "A session that a set or a try-set ends, by an expiry that is not in the future, leaves nothing at rest.",
            Stays,
            ["a row that has expired is written where one should be removed"],
            async t =>
            {
                foreach (var (call, what) in Endings(t))
                {
                    var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                    await t.Store.SetAsync(sid, record);
                    await call(sid, record, t.Record(TimeSpan.FromMinutes(-1)));
                    var left = (await t.EntriesAtRestAsync()).Count;
                    t.Expect.That(left == 0, $"what is at rest after {what} with an expiry a minute ago: nothing", $"{left} entries");
                }

                await t.Store.SetAsync(t.NewSid(), t.Record(TimeSpan.Zero));
                var fresh = (await t.EntriesAtRestAsync()).Count;
                t.Expect.That(fresh == 0, "what is at rest after a set of a new session that ends now: nothing", $"{fresh} entries");
            },
            CaseNeeds.AtRest,
            alone: true
        ),
        Hardened(
            "RST-02",
            "Destroy and clear leave nothing of a session at rest, expired or not.",
            Stays,
            [
                "destroy marks the entry, and leaves the payload",
                "clear removes what it lists, and expired sessions are not listed",
                "the session before the last set is kept",
            ],
            async t =>
            {
                var (sid, brief) = (t.NewSid(), t.Record(t.Life));
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "first"));
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour, "second"));
                await t.Store.DestroyAsync(sid);
                await ExpectNoPayloadAsync(t, "destroy");
                await t.Store.SetAsync(sid, brief);
                await t.PassAsync(brief.Expires!.Value);
                await t.Store.DestroyAsync(sid);
                await ExpectNoPayloadAsync(t, "destroy of an expired session");
                if (t.Store.Raw is IEnumerableSessionStore)
                {
                    var next = t.Record(t.Life);
                    await t.Store.SetAsync(sid, next);
                    await t.PassAsync(next.Expires!.Value);
                    await t.Store.SetAsync(t.NewSid(), t.Record(CaseContext.Hour));
                    await t.Store.ClearAsync();
                    await ExpectNoPayloadAsync(t, "clear, with an expired session");
                }
            },
            CaseNeeds.AtRest | CaseNeeds.Time,
            alone: true
        ),
    ];

    /// <summary>The ways in which an expiry ends a session.</summary>
    private static IEnumerable<(Func<string, SessionRecord, SessionRecord, Task> Call, string What)> Endings(CaseContext t)
    {
        yield return ((sid, _, past) => t.Store.SetAsync(sid, past), "set");
        if (t.Store.Raw is IConditionalSessionStore)
        {
            yield return ((sid, now, past) => t.Store.TrySetAsync(sid, past, now), "try-set");
        }
    }

    // A tombstone without a payload is the store's affair.
    private static async Task ExpectNoPayloadAsync(CaseContext t, string what)
    {
        var left = (await t.EntriesAtRestAsync()).Count(entry => entry.Contains(t.Marker, StringComparison.Ordinal));
        t.Expect.That(left == 0, $"payloads at rest after {what}: none", $"{left}");
    }
}
