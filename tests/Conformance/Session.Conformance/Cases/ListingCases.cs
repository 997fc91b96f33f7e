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
            ["the last page is lost", "a cursor yields some entries twice", "pages by offset shift while others write"],
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
            "The administrator's page fails whenever the site is busy.",
            ["an enumerator over a collection that changes", "an entry that went away between listing and reading is an error"],
            async t =>
            {
                var staying = await EnumerationCases.StoreAsync(t, 60);
                var passing = await EnumerationCases.StoreAsync(t, 60);
                var going = new Queue<string>(passing.Keys);
                var seen = new Dictionary<string, int>(StringComparer.Ordinal);
                await foreach (var entry in t.Store.AllAsync())
                {
                    seen[entry.Sid] = seen.GetValueOrDefault(entry.Sid) + 1;
                    await t.Store.SetAsync(t.NewSid(), t.Record(CaseContext.Hour));
                    if (going.TryDequeue(out var sid))
                    {
                        await t.Store.DestroyAsync(sid);
                    }

                    if (seen.Count > 2000)
                    {
                        // Those that come may be listed; a listing that never ends because of them is another fault, and not here.
                        break;
                    }
                }

                t.Expect.That(
                    staying.Keys.All(sid => seen.GetValueOrDefault(sid) == 1),
                    "each session that stays: once",
                    $"{staying.Keys.Count(sid => seen.GetValueOrDefault(sid) == 0)} missing, "
                        + $"{staying.Keys.Count(sid => seen.GetValueOrDefault(sid) > 1)} more than once"
                );
            },
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
        var sids = Enumerable.Range(0, Many).Select(_ => t.NewSid()).ToArray();
        var record = t.Record(CaseContext.Hour);
        foreach (var chunk in sids.Chunk(50))
        {
            await Task.WhenAll(chunk.Select(sid => t.Store.SetAsync(sid, record)));
        }

        return sids;
    }
}
