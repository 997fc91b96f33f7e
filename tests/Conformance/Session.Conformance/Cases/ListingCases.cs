using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>ENU, continued: long listings, and listings while others write.</summary>
internal static class ListingCases
{
    // More than a page, a cursor's batch or a hash table's first size anywhere.
    private const int Many = 1000;

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Optional(
            "ENU-07",
            "Of 1,000 sessions all yields every one, once.",
            "'Sign out everybody' leaves some signed in.",
            [
                "the last page is lost",
                "a cursor yields some entries twice",
                "the page after an id begins behind all ids that begin like it",
            ],
            async t =>
            {
                var stored = await StoreManyAsync(t);
                EnumerationCases.ExpectSids(t, stored, await t.Store.ListAsync(), "1,000 sessions");
                await EnumerationCases.ExpectLengthAsync(t, Many, "1,000 sessions");
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
        Optional(
            "ENU-08",
            "Sessions that stay are listed once while others come, go and change, and no caller gets an exception.",
            "The administrator's page fails whenever the site is busy, and 'sign out everybody' leaves some signed in.",
            [
                "an enumerator over a collection that changes",
                "an entry that went away between listing and reading is an error",
                "pages by offset shift while others write",
                "the order of the pages is that of the expiry or of the last write, and a session moves in it",
                "the listing begins again when something has changed",
            ],
            WhileOthersWriteAsync,
            CaseNeeds.Enumeration,
            alone: true
        ),
        Optional(
            "ENU-09",
            "A listing that is left early releases its resources: after 200 of them the store still works.",
            "After some visits to the administrator's page the site stands still.",
            ["a connection, cursor or lock is held until the listing is read to its end"],
            async t =>
            {
                await EnumerationCases.StoreAsync(t, 3);
                for (var i = 0; i < 200; i++)
                {
                    await foreach (var _ in t.Store.AllAsync())
                    {
                        break;
                    }
                }

                var (sid, record) = (t.NewSid(), t.Record(CaseContext.Hour));
                await t.Store.SetAsync(sid, record);
                await t.ExpectSessionAsync(sid, record, "after 200 listings that were left at the first session");
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
        Optional(
            "ENU-10",
            "A listing that is cancelled stops: within a step, with OperationCanceledException.",
            "A listing that its caller has abandoned still loads the backend.",
            ["the token is only looked at in the beginning", "[EnumeratorCancellation] is missing"],
            async t =>
            {
                await StoreManyAsync(t);
                using var source = new CancellationTokenSource();
                var after = 0;
                try
                {
                    await foreach (var _ in t.Store.AllAsync(source.Token))
                    {
                        after += source.IsCancellationRequested ? 1 : 0;
                        if (!source.IsCancellationRequested)
                        {
                            await source.CancelAsync();
                            t.Transcript.Note("(the listing is cancelled at its first session)");
                        }
                    }

                    t.Expect.Add(
                        "a listing of 1,000 sessions, cancelled at the first: OperationCanceledException",
                        $"it goes on to its end ({after} more)"
                    );
                }
                catch (StoreThrewException threw)
                {
                    t.Expect.That(
                        threw.InnerException is OperationCanceledException,
                        "a cancelled listing: OperationCanceledException",
                        threw.InnerException!.GetType().Name
                    );
                    t.Expect.That(after <= 1, "a cancelled listing: no more sessions", $"{after} more sessions");
                }
            },
            CaseNeeds.Enumeration,
            alone: true
        ),
    ];

    private static async Task<IReadOnlyCollection<string>> StoreManyAsync(CaseContext t)
    {
        // Seven in a row begin alike, so that a page seldom ends between two rows.
        const int Alike = 7;
        var first = "";
        var sids = Enumerable.Range(0, Many).Select(i => i % Alike == 0 ? first = t.NewSid() : first + (char)('a' + (i % Alike))).ToArray();
        await SetAllAsync(t, sids, t.Record(CaseContext.Hour));
        return sids;
    }

    private static async Task SetAllAsync(CaseContext t, IEnumerable<string> sids, SessionRecord record)
    {
        foreach (var chunk in sids.Chunk(50))
        {
            await Task.WhenAll(chunk.Select(sid => t.Store.SetAsync(sid, record)));
        }
    }

    private static async Task WhileOthersWriteAsync(CaseContext t)
    {
        var staying = Enumerable.Range(0, 600).Select(_ => t.NewSid()).ToArray();
        var passing = Enumerable.Range(0, 400).Select(_ => t.NewSid()).ToArray();
        await SetAllAsync(t, staying.Concat(passing).OrderBy(static sid => sid, StringComparer.Ordinal), t.Record(CaseContext.Hour));
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var step = 0;
        await foreach (var entry in t.Store.AllAsync())
        {
            seen[entry.Sid] = seen.GetValueOrDefault(entry.Sid) + 1;
            if (step < passing.Length)
            {
                await t.Store.DestroyAsync(passing[step]);
            }

            if (step % 10 == 0)
            {
                await ChangeAsync(t, staying[step % staying.Length], step);
            }

            if (++step > Many * 3)
            {
                t.Expect.Add(
                    $"a listing of {Many} sessions, while others come and go: it ends",
                    $"{step} steps, {seen.Count} ids: it repeats itself, or goes on for as long as sessions come"
                );
                break;
            }
        }

        t.Expect.That(
            staying.All(sid => seen.GetValueOrDefault(sid) == 1),
            "each session that stays: once",
            $"{staying.Count(sid => seen.GetValueOrDefault(sid) == 0)} missing, "
                + $"{staying.Count(sid => seen.GetValueOrDefault(sid) > 1)} more than once"
        );
    }

    /// <summary>One comes; one that stays is set again, with an earlier expiry; another is touched.</summary>
    private static async Task ChangeAsync(CaseContext t, string sid, int step)
    {
        await t.Store.SetAsync(t.NewSid(), t.Record(CaseContext.Hour));
        var record = t.Record(CaseContext.Hour * (step % 20 == 0 ? 3 : 0.5), "again");
        if (step % 30 == 0 && t.Store.Raw is ITouchableSessionStore)
        {
            await t.Store.TouchAsync(sid, record);
        }
        else
        {
            await t.Store.SetAsync(sid, record);
        }
    }
}
