using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>SPC: stores of two spaces on one backend share nothing.</summary>
internal static class SpaceCases
{
    private const string Mixed = "Two sites on one backend mix their users: a visitor of one has the session of a visitor of the other.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "SPC-01",
            "One id in two spaces names two sessions, in every operation.",
            Mixed,
            [
                "an operation leaves the space out of its key: destroy, touch or compare-and-set by the id alone",
                "a cache in the process is shared by all stores, with the id as its key",
            ],
            async t =>
            {
                var other = await t.NewStoreAsync();
                var sid = t.NewSid();
                var (mine, theirs) = (t.Record(CaseContext.Hour, "mine"), t.Record(CaseContext.Hour * 2, "theirs"));
                await t.Store.SetAsync(sid, mine);
                await other.SetAsync(sid, theirs);
                await t.ExpectSessionAsync(sid, mine, "one of two sessions of one id");
                await t.ExpectSessionAsync(sid, theirs, "the other of two sessions of one id", other);
                if (t.Store.Raw is ITouchableSessionStore)
                {
                    await t.Store.TouchAsync(sid, t.Record(CaseContext.Hour * 5));
                }

                if (t.Store.Raw is IConditionalSessionStore)
                {
                    await t.Store.TrySetAsync(sid, t.Record(CaseContext.Hour, "next"), mine);
                }

                if (await t.ExpectSessionAsync(sid, theirs, "after touch and try-set of its id in another space", other) is { } read)
                {
                    t.ExpectExpires(theirs.Expires!.Value, read, "after touch and try-set of its id in another space");
                }

                await t.Store.DestroyAsync(sid);
                await t.ExpectAbsentAsync(sid, "after destroy");
                await t.ExpectSessionAsync(sid, theirs, "after destroy of its id in another space", other);
            },
            alone: true
        ),
        Required(
            "SPC-02",
            "Spaces whose names begin alike are separate.",
            Mixed,
            [
                "space and id are joined without a separator, or with one that names may contain",
                "listing, counting and clearing go by the beginning of the key, and that is the beginning of another space's too",
            ],
            async t =>
            {
                foreach (var (end, beginning) in new[] { ("x", "x"), ("_x", "x_"), ("0", "0") })
                {
                    var request = t.NewRequest();
                    var one = await t.CreateStoreAsync(request, "one space: ");
                    var other = await t.CreateStoreAsync(request.Beside(end), "the other: ");
                    var sid = t.NewSid();
                    var (mine, theirs) = (t.Record(CaseContext.Hour, "mine"), t.Record(CaseContext.Hour, "theirs"));
                    await one.SetAsync(beginning + sid, mine);
                    await t.ExpectAbsentAsync(sid, "in a space whose name goes on where the other's ends", other);
                    await other.SetAsync(sid, theirs);
                    await t.ExpectSessionAsync(beginning + sid, mine, "a session of the space with the shorter name", one);
                    if (one.Raw is IEnumerableSessionStore)
                    {
                        var (listed, length) = (await one.ListAsync(), await one.LengthAsync());
                        t.Expect.That(listed.Count == 1, "all in the space with the shorter name: 1 session", $"{listed.Count}");
                        t.Expect.That(length == 1, "length in the space with the shorter name: 1", $"{length}");
                        await one.ClearAsync();
                    }
                    else
                    {
                        await one.DestroyAsync(beginning + sid);
                    }

                    await t.ExpectSessionAsync(
                        sid,
                        theirs,
                        "a session of the space with the longer name, after the other was emptied",
                        other
                    );
                }
            },
            alone: true
        ),
    ];
}
