using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Prune;

/// <summary>Sessions that are used all the time: read, touched, replaced, changed by comparison. Each names its owner.</summary>
internal sealed class LiveTraffic(IReadOnlyList<ISessionStore> stores, int seed)
{
    private const int Users = 4;

    private readonly List<(string Sid, string Owner)> _sessions = [];

    public int Count => _sessions.Count;

    /// <summary>A session that outlives the test by the clocks of all instances.</summary>
    public static SessionRecord Record(string owner) => Sessions.Record(owner, TimeSpan.FromDays(3));

    /// <summary>Stores the sessions.</summary>
    public async Task AddAsync(int count)
    {
        _sessions.AddRange(Enumerable.Range(0, count).Select(static i => (Sessions.NewSid(), $"{LeakCollector.Payload}{i}")));
        await Parallel.ForEachAsync(_sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, (session, cancel) =>
            stores[0].SetAsync(session.Sid, Record(session.Owner), cancel)
        );
    }

    /// <summary>Uses them by several users at once until it is over; a session that is not there is an error.</summary>
    /// <returns>The time of each use, in milliseconds.</returns>
    public async Task<IReadOnlyCollection<double>> UseAsync(Task over)
    {
        var times = new ConcurrentBag<double>();
        await Task.WhenAll(
            Enumerable
                .Range(0, Users)
                .Select(user =>
                    Task.Run(async () =>
                    {
                        var random = new Random(seed + user);
                        while (!over.IsCompleted)
                        {
                            var (sid, owner) = _sessions[random.Next(_sessions.Count)];
                            var started = Stopwatch.GetTimestamp();
                            await UseAsync(stores[user % stores.Count], sid, owner, random.Next(8));
                            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);

                            // Users think: without a pause they and not the pruning would be what the backend is busy with.
                            await Task.Delay(random.Next(4));
                        }
                    })
                )
        );
        return times;
    }

    /// <summary>Every session is there and its owner's.</summary>
    public Task AssertAllAsync() =>
        Parallel.ForEachAsync(_sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (session, cancel) =>
            Read(await stores[0].GetAsync(session.Sid, cancel), session.Owner)
        );

    private static async Task UseAsync(ISessionStore store, string sid, string owner, int act)
    {
        switch (act)
        {
            case 0:
                await store.SetAsync(sid, Record(owner));
                break;
            case 1 or 2:
                Assert.True(await ((ITouchableSessionStore)store).TouchAsync(sid, Record(owner)), "A live session could not be touched.");
                break;
            case 3:
                var read = Read(await store.GetAsync(sid), owner);
                Assert.NotEqual(
                    ConditionalSetResult.Missing,
                    await ((IConditionalSessionStore)store).TrySetAsync(sid, Record(owner), read)
                );
                break;
            default:
                Read(await store.GetAsync(sid), owner);
                break;
        }
    }

    private static SessionRecord Read(SessionRecord? record, string owner)
    {
        Assert.True(record is not null, "A live session is not there.");
        Assert.True(
            Encoding.UTF8.GetString(record.Payload.Span).Contains($"\"{owner}\"", StringComparison.Ordinal),
            "A live session is another's."
        );
        return record;
    }
}
