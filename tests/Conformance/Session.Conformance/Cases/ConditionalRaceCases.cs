using System.Globalization;
using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>CND, continued: many at once.</summary>
internal static class ConditionalRaceCases
{
    private const int Writers = 6;
    private const int Increments = 10;

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened(
            "CND-08",
            "Requests that read, add one and try again on Changed lose no addition.",
            "Of two requests at the same time one undoes what the other has saved.",
            ["comparing and writing are two steps"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, Counter(t, 0));
                await Race.TogetherAsync(Writers, async _ =>
                {
                    for (var i = 0; i < Increments; i++)
                    {
                        ConditionalSetResult result;
                        do
                        {
                            var read = await ConditionalCases.ReadAsync(t, sid);
                            result = await t.Store.TrySetAsync(sid, Counter(t, Value(read) + 1), read);
                        } while (result == ConditionalSetResult.Changed);
                    }
                });
                var total = Value(await ConditionalCases.ReadAsync(t, sid));
                t.Expect.That(
                    total == Writers * Increments,
                    $"{Writers} writers that add {Increments} each: {Writers * Increments}",
                    $"{total}"
                );
            },
            CaseNeeds.ConditionalSet,
            races: true
        ),
        Hardened(
            "CND-09",
            "Of many calls that expect absence at once, one returns Stored.",
            "Two visitors get the same session.",
            ["'must not exist' looks first and writes then"],
            async t =>
            {
                for (var round = 0; round < 15; round++)
                {
                    var sid = t.NewSid();
                    var results = new ConditionalSetResult[8];
                    await Race.TogetherAsync(8, async i =>
                        results[i] = await t.Store.TrySetAsync(sid, t.Record(CaseContext.Hour, $"{i}"), null)
                    );
                    var stored = results.Count(static result => result == ConditionalSetResult.Stored);
                    t.Expect.That(stored == 1, "eight try-sets at once that expect absence: one Stored", $"{stored} Stored");
                    var winner = Array.IndexOf(results, ConditionalSetResult.Stored);
                    t.Expect.That(
                        CaseContext.ValueOf(await ConditionalCases.ReadAsync(t, sid)) == CaseContext.Json($"{winner}"),
                        "the session of the one that was Stored",
                        "another's"
                    );
                }
            },
            CaseNeeds.ConditionalSet,
            races: true
        ),
        Hardened(
            "CND-11",
            "A try-set that races a destroy never brings the session back.",
            "A user who has signed out is signed in again by a request that was still running.",
            ["comparing and writing are two steps", "an upsert after the comparison"],
            async t =>
            {
                for (var round = 0; round < 40; round++)
                {
                    var sid = t.NewSid();
                    var first = t.Record(CaseContext.Hour, "first");
                    await t.Store.SetAsync(sid, first);
                    await Race.TogetherAsync([
                        async () =>
                        {
                            await Race.YieldAsync(round % 8);
                            await t.Store.DestroyAsync(sid);
                        },
                        () => t.Store.TrySetAsync(sid, t.Record(CaseContext.Hour, "second"), first),
                        () => t.Store.TrySetAsync(sid, t.Record(CaseContext.Hour, "third"), first),
                    ]);
                    await t.ExpectAbsentAsync(sid, "after destroy, with try-sets at the same time that expected a session");
                }
            },
            CaseNeeds.ConditionalSet,
            races: true
        ),
    ];

    private static SessionRecord Counter(CaseContext t, int value) =>
        t.Session(t.Now + CaseContext.Hour, ("count", value.ToString(CultureInfo.InvariantCulture)));

    private static int Value(SessionRecord record) => int.Parse(CaseContext.ValueOf(record, "count")!, CultureInfo.InvariantCulture);
}
