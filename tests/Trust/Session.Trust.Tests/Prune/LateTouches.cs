using System.Collections.Concurrent;
using Session.Trust.Tests.Support;

namespace Session.Trust.Tests.Prune;

/// <summary>
/// Sessions that are about to end, in waves, and are touched within some milliseconds of their end, before it or after, while the pruning comes by. What was told that
/// the touch has reached it lives on, the others have ended.
/// </summary>
internal sealed class LateTouches
{
    // Around the end, in milliseconds: a touch that a busy backend executes later than it was called is what the race is about.
    private const int Before = 40;
    private const int After = 10;

    private readonly ConcurrentDictionary<string, bool> _reached = new(StringComparer.Ordinal);
    private readonly List<(string Sid, DateTimeOffset End)> _sessions = [];
    private readonly int _waves;
    private readonly int _perWave;

    public LateTouches(int waves, int perWave) => (_waves, _perWave) = (waves, perWave);

    public int Count => _waves * _perWave;

    /// <summary>How many were touched in time.</summary>
    public int Reached => _reached.Count(static pair => pair.Value);

    /// <summary>Stores them; the first wave ends a little later, and each other one a second after the one before.</summary>
    public async Task AddAsync(ISessionStore store)
    {
        // Whole seconds: connect-pg-simple's column has no others.
        var first = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 2 + (Count / 1000));
        _sessions.AddRange(Enumerable.Range(0, Count).Select(i => (Sessions.NewSid(), first.AddSeconds(i / _perWave))));
        await Parallel.ForEachAsync(
            _sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (session, cancel) => await store.SetAsync(session.Sid, new SessionRecord(Sessions.Record("in a hurry").Payload.Span, session.End), cancel));
    }

    /// <summary>Touches them, each at its time.</summary>
    public Task TouchAsync(IReadOnlyList<ISessionStore> stores, Random random)
    {
        var due = _sessions.Select(session => (session.Sid, session.End, At: session.End.AddMilliseconds(random.Next(-Before, After)))).OrderBy(static touch => touch.At).ToList();
        return Task.WhenAll(due.Select((touch, i) => Task.Run(async () =>
        {
            if (touch.At - TimeProvider.System.GetUtcNow() is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left);
            }

            var reached = await ((ITouchableSessionStore)stores[i % stores.Count]).TouchAsync(touch.Sid, Sessions.Record("in a hurry"));
            Assert.True(reached || TimeProvider.System.GetUtcNow() >= touch.End, "A session was gone before its end.");
            _reached[touch.Sid] = reached;
        })));
    }

    /// <summary>Those that a touch has reached are there; the others are not.</summary>
    public async Task AssertAllAsync(ISessionStore store)
    {
        foreach (var (sid, reached) in _reached)
        {
            var isThere = await store.GetAsync(sid) is not null;
            Assert.True(isThere == reached, reached ? "A session that was touched before its end is gone." : "A session that had ended is there.");
        }
    }
}
