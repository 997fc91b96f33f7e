using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Clocks;

/// <summary>
/// The last millisecond of a session, its expiry, and the first millisecond after it, for every call that looks at a session (F18). Redis
/// counts by its server's clock, which no test can set.
/// </summary>
public sealed class ExpiryEdgeTests(Fleet fleet)
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Edges
    {
        get
        {
            var edges = new TheoryData<string, int>();
            foreach (var backend in StorePlace.Backends.Where(static backend => backend != "redis"))
            {
                foreach (var milliseconds in (int[])[-1, 0, 1])
                {
                    edges.Add(new TheoryDataRow<string, int>(backend, milliseconds).WithTrait("backend", backend));
                }
            }

            return edges;
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task Until_its_expiry_a_session_is_there_for_every_call_and_from_then_on_for_none(string backend, int milliseconds)
    {
        // A server that removes by its own clock removes nothing here.
        var begin = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddDays(1);
        var clock = new ToldClock(begin);
        var store = (await fleet.Places.NewAsync(backend)).Open(clock);
        var isAlive = milliseconds < 0;
        var expires = begin.AddMinutes(10);
        var read = new Dictionary<string, SessionRecord?>();
        foreach (var sid in (string[])["get", "touch", "try-set", "try-set-absent", "get-and-touch", "list"])
        {
            await store.SetAsync(sid, Record(expires), Cancel);
            read[sid] = await store.GetAsync(sid, Cancel);
        }

        clock.Now = expires + (milliseconds * Millisecond);
        var later = Record(expires.AddHours(1));
        var listed = 0;
        await foreach (var _ in ((IEnumerableSessionStore)store).AllAsync(Cancel))
        {
            listed++;
        }

        Assert.Equal(isAlive ? 6 : 0, listed);
        Assert.Equal(isAlive ? 6 : 0, await ((IEnumerableSessionStore)store).LengthAsync(Cancel));
        Assert.Equal(isAlive, await store.GetAsync("get", Cancel) is not null);
        Assert.Equal(isAlive, await ((ITouchableSessionStore)store).TouchAsync("touch", later, Cancel));
        Assert.Equal(
            isAlive ? ConditionalSetResult.Stored : ConditionalSetResult.Missing,
            await ((IConditionalSessionStore)store).TrySetAsync("try-set", later, read["try-set"], Cancel)
        );
        Assert.Equal(
            isAlive ? ConditionalSetResult.Changed : ConditionalSetResult.Stored,
            await ((IConditionalSessionStore)store).TrySetAsync("try-set-absent", later, null, Cancel)
        );
        if (store is IGetAndTouchSessionStore atOnce)
        {
            var found = await atOnce.GetAndTouchAsync(
                "get-and-touch",
                new SessionTouchPlan { Prefix = later.Payload, Expires = later.Expires },
                Cancel
            );
            Assert.Equal((isAlive, isAlive), (found.Record is not null, found.IsTouched));
        }

        // What no call found, none of them has brought back.
        Assert.Equal(isAlive, await store.GetAsync("touch", Cancel) is not null);
        Assert.Equal(isAlive, await store.GetAsync("try-set", Cancel) is not null);
        Assert.Equal(isAlive, await store.GetAsync("get-and-touch", Cancel) is not null);
        Assert.True(await ((IPrunableSessionStore)store).PruneAsync(100, Cancel) <= (isAlive ? 0 : 5));
        Assert.Equal(isAlive, await store.GetAsync("list", Cancel) is not null);
        await StorePlace.CloseAsync(store);
    }

    private static SessionRecord Record(DateTimeOffset expires) => new(Sessions.Record("owner").Payload.Span, expires);
}
