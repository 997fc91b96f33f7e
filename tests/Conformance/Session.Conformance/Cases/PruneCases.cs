using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>PRN: removing what has expired.</summary>
internal static class PruneCases
{
    private const CaseNeeds Timed = CaseNeeds.Prune | CaseNeeds.Time;
    private const string SignedOut = "Users are signed out by the clean-up.";
    private const string Full = "The backend fills up with ended sessions until it stops.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "PRN-01",
            "Prune removes expired sessions and keeps those that are alive.",
            SignedOut,
            ["the comparison is the wrong way round", "the age since the write is compared, not the expiry"],
            async t =>
            {
                var (staying, record) = (t.NewSid(), t.Record(CaseContext.Hour * 3));
                await t.Store.SetAsync(staying, record);
                await ExpiredAsync(t, 5);
                await t.Store.PruneAsync(100);
                await t.ExpectSessionAsync(staying, record, "a live session, after prune");
                t.Expect.That(await t.Store.PruneAsync(100) == 0, "a second prune: 0", "more than 0");
            },
            Timed,
            alone: true
        ),
        Hardened(
            "PRN-02",
            "Prune returns how many it has removed, at most the batch; less than the batch means that all are removed.",
            Full,
            ["the batch is not passed to the backend", "the number of rows that were read is returned"],
            async t =>
            {
                await t.Store.SetAsync(t.NewSid(), t.Record(CaseContext.Hour * 3));
                await ExpiredAsync(t, 7);
                var counts = new List<int>();
                do
                {
                    counts.Add(await t.Store.PruneAsync(3));
                } while (counts[^1] == 3 && counts.Count < 10);
                t.Expect.That(
                    counts is [3, 3, 1]
                        || (
                            t.Settings.PrunesInBackground
                            && counts.TrueForAll(static count => count is >= 0 and <= 3)
                            && counts.Sum() <= 7
                        ),
                    "seven expired sessions in batches of 3: 3, 3, 1",
                    string.Join(", ", counts)
                );
            },
            Timed,
            alone: true
        ),
        Hardened(
            "PRN-03",
            "Sessions that are set again or touched while prune runs stay.",
            SignedOut,
            [
                "ids are collected first and removed then, without looking at the expiry again",
                "a touch that has begun before prune returns true, and prune has removed the session",
            ],
            async t =>
            {
                await TouchedMeanwhileAsync(t);
                for (var round = 0; round < 10; round++)
                {
                    var expired = await ExpiredAsync(t, 12);
                    var revived = t.Record(CaseContext.Hour, "revived");
                    await Race.TogetherAsync([
                        () => t.Store.PruneAsync(100),
                        .. expired.Select(sid => (Func<Task>)(() => t.Store.SetAsync(sid, revived))),
                    ]);
                    foreach (var sid in expired)
                    {
                        await t.ExpectSessionAsync(sid, revived, "an expired session that was set again while prune ran");
                    }
                }
            },
            Timed,
            races: true,
            alone: true
        ),
        Hardened(
            "PRN-04",
            "A store that prunes by itself does so repeatedly, at its interval, by the clock that it was given.",
            Full,
            ["a timer of the system's clock", "the timer is started once and not again"],
            async t =>
            {
                var (staying, record) = (t.NewSid(), t.Record(TimeSpan.FromDays(300)));
                await t.Store.SetAsync(staying, record);
                for (var round = 1; round <= 2; round++)
                {
                    await ExpiredAsync(t, 4);
                    var left = await RestAsync(t);
                    t.Expect.That(
                        left == 1,
                        $"entries at rest an interval after four of five sessions have expired, round {round}: 1",
                        $"{left}"
                    );
                }

                await t.ExpectSessionAsync(staying, record, "a live session, after the store has pruned by itself");
            },
            Timed | CaseNeeds.ExactTime | CaseNeeds.OwnPruning | CaseNeeds.AtRest,
            alone: true
        ),
        Hardened(
            "PRN-05",
            "A batch of less than 1 is refused with an ArgumentOutOfRangeException.",
            Full,
            ["0 means 'all', or nothing, to the backend"],
            async t =>
            {
                await t.ExpectThrowsAsync<ArgumentOutOfRangeException>(() => t.Store.PruneAsync(0), "prune of a batch of 0");
                await t.ExpectThrowsAsync<ArgumentOutOfRangeException>(() => t.Store.PruneAsync(-1), "prune of a batch of -1");
            },
            CaseNeeds.Prune
        ),
        Hardened(
            "PRN-06",
            "Many expired sessions are removed in batches of a thousand, and a cancelled prune does no harm.",
            Full,
            [
                "a pass looks at a fixed number of entries",
                "a limit below the batch, whose caller takes less than the batch for the end",
                "a cancelled prune returns less than the batch, which says that all are removed",
            ],
            async t =>
            {
                await ExpiredAsync(t, 1200);
                var removed = 0;
                try
                {
                    removed = await t.Store.PruneAsync(1000, new CancellationToken(canceled: true));
                    t.Expect.That(
                        removed == 1000 || t.Settings.PrunesInBackground,
                        "prune of 1,200 expired sessions by 1,000 with a cancelled token: an exception, or 1,000",
                        $"{removed}"
                    );
                }
                catch (StoreThrewException threw)
                {
                    t.Expect.That(
                        threw.InnerException is OperationCanceledException,
                        "prune with a cancelled token: OperationCanceledException, or it completes",
                        threw.InnerException!.GetType().Name
                    );
                }

                int last;
                do
                {
                    last = await t.Store.PruneAsync(1000);
                    removed += last;
                } while (last == 1000);
                t.Expect.That(
                    removed == 1200 || (t.Settings.PrunesInBackground && removed < 1200),
                    "1,200 expired sessions, pruned by 1,000 until less are removed: 1,200",
                    $"{removed}"
                );
            },
            Timed,
            alone: true
        ),
        Hardened(
            "PRN-07",
            "Two prunes at once do no harm, and together count every session once.",
            Full,
            ["two workers remove the same entry and one fails"],
            async t =>
            {
                await ExpiredAsync(t, 20);
                var removed = 0;
                await Race.TogetherAsync(4, async _ =>
                    await t.ExpectSucceedsAsync(
                        async () => Interlocked.Add(ref removed, await t.Store.PruneAsync(100)),
                        "one of four prunes at once"
                    )
                );
                t.Expect.That(
                    removed == 20 || (t.Settings.PrunesInBackground && removed < 20),
                    "four prunes at once of 20 expired sessions: 20 together",
                    $"{removed}"
                );
            },
            Timed,
            races: true,
            alone: true
        ),
        Hardened(
            "PRN-08",
            "A set or a try-set whose expiry is not in the future leaves nothing at rest that prune would remove.",
            Full,
            ["a row that has expired is written where one should be removed"],
            async t =>
            {
                foreach (var ago in new[] { TimeSpan.Zero, TimeSpan.FromMinutes(-1) })
                {
                    await t.Store.SetAsync(t.NewSid(), t.Record(ago));
                    await ExpectNothingAsync(t, "a set of a session that was absent");
                    var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                    await t.Store.SetAsync(sid, record);
                    await t.Store.SetAsync(sid, t.Record(ago));
                    await ExpectNothingAsync(t, "a set of a session that was there");
                    if (t.Store.Raw is IConditionalSessionStore)
                    {
                        await t.Store.TrySetAsync(sid, t.Record(ago), null);
                        await ExpectNothingAsync(t, "a try-set that expected absence");
                        await t.Store.SetAsync(sid, record);
                        await t.Store.TrySetAsync(sid, t.Record(ago), record);
                        await ExpectNothingAsync(t, "a try-set that expected the session");
                    }
                }
            },
            CaseNeeds.Prune,
            alone: true
        ),
    ];

    /// <summary>Of touches and a prune at the expiry: what was touched in time is there.</summary>
    private static async Task TouchedMeanwhileAsync(CaseContext t)
    {
        if (t.Store.Raw is not ITouchableSessionStore || t.Time.Mode != StoreTime.Virtual)
        {
            return;
        }

        for (var round = 0; round < 10; round++)
        {
            var (record, sids) = (t.Record(t.Life), Enumerable.Range(0, 8).Select(_ => t.NewSid()).ToArray());
            foreach (var sid in sids)
            {
                await t.Store.SetAsync(sid, record);
            }

            var (touched, later) = (new bool[sids.Length], t.Record(t.Life * 3));
            await t.AdvanceAsync(record.Expires!.Value - t.Now - TimeSpan.FromMilliseconds(1));
            await Race.TogetherAsync([
                async () =>
                {
                    await Race.YieldAsync(round % 4);
                    await t.PassAsync(record.Expires!.Value);
                    await t.Store.PruneAsync(100);
                },
                .. sids.Select((sid, i) => (Func<Task>)(async () => touched[i] = await t.Store.TouchAsync(sid, later))),
            ]);
            for (var i = 0; i < sids.Length; i++)
            {
                if (touched[i])
                {
                    await t.ExpectLiveAsync(sids[i], later.Expires!.Value, "a session whose touch returned true while prune ran");
                }
                else
                {
                    await t.ExpectAbsentAsync(sids[i], "a session whose touch returned false at its expiry");
                }
            }
        }
    }

    private static async Task ExpectNothingAsync(CaseContext t, string what)
    {
        var removed = await t.Store.PruneAsync(100);
        t.Expect.That(removed == 0, $"prune after {what}, with an expiry that is not in the future: 0", $"{removed}");
    }

    /// <summary>
    /// How many are at rest after an interval, once the pruning that it has started is through. That takes real time, and the store may
    /// wind its timer up again only after the clock has been moved: then another interval shows it.
    /// </summary>
    private static async Task<int> RestAsync(CaseContext t)
    {
        const int Intervals = 3;
        var count = 0;
        for (var i = 0; i < Intervals; i++)
        {
            await t.AdvanceAsync(t.Settings.PruneInterval!.Value);
            var patience = new Patience(t.Settings.Patience / Intervals);
            while ((count = (await t.EntriesAtRestAsync()).Count) > 1 && !patience.IsOver)
            {
                await patience.SpendAsync(TimeSpan.FromMilliseconds(5));
            }

            if (count <= 1)
            {
                break;
            }
        }

        return count;
    }

    private static async Task<string[]> ExpiredAsync(CaseContext t, int count)
    {
        // If cases wait for it, it is short; storing very many sessions takes longer than that.
        var record = t.Record(count > 100 && t.Time.Mode == StoreTime.Real ? t.Life * 5 : t.Life);
        var sids = Enumerable.Range(0, count).Select(_ => t.NewSid()).ToArray();
        foreach (var some in sids.Chunk(16))
        {
            await Task.WhenAll(some.Select(sid => t.Store.SetAsync(sid, record)));
        }

        if (t.Time.Mode != StoreTime.Virtual && t.Time.Clock.GetUtcNow() >= record.Expires!.Value - t.Time.Slack)
        {
            // Some may have ended before they were stored, and are not there to be removed.
            throw new InconclusiveException();
        }

        await t.PassAsync(record.Expires!.Value);
        return sids;
    }
}
