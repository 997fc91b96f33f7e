using static Session.Conformance.Define;

namespace Session.Conformance;

/// <summary>PRN: removing what has expired.</summary>
internal static class PruneCases
{
    private const CaseNeeds Timed = CaseNeeds.Prune | CaseNeeds.Time;
    private const string SignedOut = "Users are signed out by the clean-up.";
    private const string Full = "The backend fills up with ended sessions until it stops.";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Hardened("PRN-01", "Prune removes expired sessions and keeps those that are alive.", SignedOut,
            ["the comparison is the wrong way round", "the age since the write is compared, not the expiry"], async t =>
            {
                var (staying, record) = (t.NewSid(), t.Record(CaseContext.Hour * 3));
                await t.Store.SetAsync(staying, record);
                await ExpiredAsync(t, 5);
                await t.Store.PruneAsync(100);
                await t.ExpectSessionAsync(staying, record, "a live session, after prune");
                t.Expect.That(await t.Store.PruneAsync(100) == 0, "a second prune: 0", "more than 0");
            }, Timed, alone: true),

        Hardened("PRN-02", "Prune answers how many it has removed, never more than the batch; until less than the batch all of them.", Full,
            ["the batch is not handed to the backend", "the number of rows looked at is answered"], async t =>
            {
                await ExpiredAsync(t, 7);
                var answers = new List<int>();
                do
                {
                    answers.Add(await t.Store.PruneAsync(3));
                }
                while (answers[^1] == 3 && answers.Count < 10);
                t.Expect.That(answers is [3, 3, 1] || (t.Settings.PrunesInBackground && answers.TrueForAll(static count => count is >= 0 and <= 3) && answers.Sum() <= 7),
                    "seven expired sessions in batches of 3: 3, 3, 1", string.Join(", ", answers));
            }, Timed, alone: true),

        Hardened("PRN-03", "Sessions that are set again or touched while prune runs stay.", SignedOut,
            ["ids are collected first and removed then, without looking at the expiry again"], async t =>
            {
                for (var round = 0; round < 10; round++)
                {
                    var expired = await ExpiredAsync(t, 12);
                    var revived = t.Record(CaseContext.Hour, "revived");
                    await Race.TogetherAsync([
                        () => t.Store.PruneAsync(100),
                        .. expired.Select(sid => (Func<Task>)(() => t.Store.SetAsync(sid, revived)))]);
                    foreach (var sid in expired)
                    {
                        await t.ExpectSessionAsync(sid, revived, "an expired session that was set again while prune ran");
                    }
                }
            }, Timed, races: true, alone: true),

        Hardened("PRN-05", "A batch of less than 1 is refused with an ArgumentOutOfRangeException.", Full,
            ["0 means 'all', or nothing, to the backend"], async t =>
            {
                await t.ExpectThrowsAsync<ArgumentOutOfRangeException>(() => t.Store.PruneAsync(0), "prune of a batch of 0");
                await t.ExpectThrowsAsync<ArgumentOutOfRangeException>(() => t.Store.PruneAsync(-1), "prune of a batch of -1");
            }, CaseNeeds.Prune),

        Hardened("PRN-07", "Two prunes at once do no harm, and together count every session once.", Full,
            ["two workers remove the same entry and one fails"], async t =>
            {
                await ExpiredAsync(t, 20);
                var removed = 0;
                await Race.TogetherAsync(4, async _ =>
                    await t.ExpectSucceedsAsync(async () => Interlocked.Add(ref removed, await t.Store.PruneAsync(100)), "one of four prunes at once"));
                t.Expect.That(removed == 20 || (t.Settings.PrunesInBackground && removed < 20), "four prunes at once of 20 expired sessions: 20 together", $"{removed}");
            }, Timed, races: true, alone: true),
    ];

    private static async Task<string[]> ExpiredAsync(CaseContext t, int count)
    {
        var record = t.Record(t.Life);
        var sids = Enumerable.Range(0, count).Select(_ => t.NewSid()).ToArray();
        foreach (var sid in sids)
        {
            await t.Store.SetAsync(sid, record);
        }

        await t.PassAsync(record.Expires!.Value);
        return sids;
    }
}
