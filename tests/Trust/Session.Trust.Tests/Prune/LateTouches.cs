using System.Collections.Concurrent;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Prune;

/// <summary>
/// Sessions that are touched in the last moment: by an instance for which they live still, while they have ended for those that prune. It
/// is told of each either that the touch has reached it, and then it stays, or that it is gone, and then it is.
/// </summary>
/// <param name="behind">The store of the instance that touches.</param>
internal sealed class LateTouches(ISessionStore behind)
{
    private const int Users = 4;

    private readonly ConcurrentDictionary<string, bool> _reached = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _sids = [];

    /// <summary>Completes with the first touch.</summary>
    public Task Begun => _begun.Task;

    /// <summary>How many were touched before anyone pruned them.</summary>
    public int Reached => _reached.Count(static session => session.Value);

    /// <summary>How many were pruned before.</summary>
    public int Gone => _reached.Count(static session => !session.Value);

    /// <summary>Stores the sessions, whose ends lie within the hour before this time as the others' do.</summary>
    public async Task AddAsync(int count, DateTimeOffset now, Random random)
    {
        var sessions = Enumerable
            .Range(0, count)
            .Select(_ => (Sid: Sessions.NewSid(), End: now - (TimeSpan.FromHours(1) * random.NextDouble())))
            .ToList();
        _sids.AddRange(sessions.Select(static session => session.Sid));
        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, (session, cancel) =>
            behind.SetAsync(session.Sid, new SessionRecord(Sessions.Record("in a hurry").Payload.Span, session.End), cancel)
        );
    }

    /// <summary>Touches each of them once, by several users at once.</summary>
    public Task TouchAsync() =>
        Task.WhenAll(
            _sids
                .Chunk((_sids.Count + Users - 1) / Users)
                .Select(mine =>
                    Task.Run(async () =>
                    {
                        foreach (var sid in mine)
                        {
                            _reached[sid] = await ((ITouchableSessionStore)behind).TouchAsync(sid, LiveTraffic.Record("in a hurry"));
                            _begun.TrySetResult();
                        }
                    })
                )
        );

    /// <summary>Those that a touch has reached are there; the others are not.</summary>
    public Task AssertAllAsync() =>
        Parallel.ForEachAsync(_reached, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (session, cancel) =>
        {
            var isThere = await behind.GetAsync(session.Key, cancel) is not null;
            Assert.True(
                isThere == session.Value,
                session.Value ? "A session that a touch has reached is gone." : "A session that a touch found gone is there."
            );
        });
}
