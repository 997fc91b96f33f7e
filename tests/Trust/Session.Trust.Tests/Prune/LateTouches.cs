using System.Collections.Concurrent;
using Session.Trust.Tests.Support;

namespace Session.Trust.Tests.Prune;

/// <summary>
/// Sessions that are touched in the last moment: by an instance for which they live still, while they have ended for those that prune and are what these remove first.
/// It is told of each either that the touch has reached it, and then it stays, or that it is gone, and then it is.
/// </summary>
/// <param name="behind">The store of the instance that touches.</param>
/// <param name="end">When they end.</param>
/// <param name="seed">For how many lie there at once.</param>
internal sealed class LateTouches(ISessionStore behind, DateTimeOffset end, int seed)
{
    private const int Users = 4;

    private readonly ConcurrentDictionary<string, bool> _reached = new(StringComparer.Ordinal);

    /// <summary>How many were touched before anybody pruned them.</summary>
    public int Reached => _reached.Count(static session => session.Value);

    /// <summary>How many were pruned before.</summary>
    public int Gone => _reached.Count(static session => !session.Value);

    /// <summary>Stores sessions and touches them until both outcomes have been seen this often, or one of them so much more often that the other does not happen.</summary>
    public Task RunAsync(int often) => Task.WhenAll(Enumerable.Range(0, Users).Select(user => Task.Run(async () =>
    {
        var random = new Random(seed + user);
        while ((Reached < often || Gone < often) && _reached.Count < 100 * often)
        {
            var sids = Enumerable.Range(0, random.Next(1, 40)).Select(static _ => Sessions.NewSid()).ToList();
            foreach (var sid in sids)
            {
                await behind.SetAsync(sid, new SessionRecord(Sessions.Record("in a hurry").Payload.Span, end));
            }

            foreach (var sid in sids)
            {
                _reached[sid] = await ((ITouchableSessionStore)behind).TouchAsync(sid, LiveTraffic.Record("in a hurry"));
            }
        }
    })));

    /// <summary>Those that a touch has reached are there; the others are not.</summary>
    public async Task AssertAllAsync()
    {
        foreach (var (sid, reached) in _reached)
        {
            var isThere = await behind.GetAsync(sid) is not null;
            Assert.True(isThere == reached, reached ? "A session that a touch has reached is gone." : "A session that a touch found gone is there.");
        }
    }
}
