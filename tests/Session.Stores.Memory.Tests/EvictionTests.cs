using System.Globalization;
using Microsoft.Extensions.Logging;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class EvictionTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ILogger<MemorySessionStore> Logger => new LoggerFactory([_log]).CreateLogger<MemorySessionStore>();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task The_session_used_least_recently_goes_first()
    {
        using var store = StoreOf(3);
        await Set(store, "a", "b", "c");
        await Set(store, "d");
        Assert.Equal(["b", "c", "d"], await Sids(store));
    }

    [Fact]
    public async Task A_get_a_set_a_touch_and_a_conditional_set_are_uses()
    {
        using var store = StoreOf(5);
        await Set(store, "got", "set", "touched", "tried", "idle");
        var tried = await store.GetAsync("tried", Cancel);
        await Set(store, "new");
        Assert.Equal(["idle", "new", "set", "touched", "tried"], await Sids(store));

        await store.GetAsync("set", Cancel);
        await Set(store, "touched");
        await store.TouchAsync("tried", Record(), Cancel);
        await store.TrySetAsync("idle", Record(), Record(), Cancel);
        await Set(store, "more");
        Assert.Equal(["idle", "more", "set", "touched", "tried"], await Sids(store));

        await Set(store, "1", "2");
        Assert.Equal(["1", "2", "idle", "more", "tried"], await Sids(store));
        Assert.NotNull(tried);
    }

    [Fact]
    public async Task What_fails_to_find_or_match_and_what_lists_is_no_use()
    {
        using var store = StoreOf(2);
        await Set(store, "a", "b");
        await store.GetAsync("x", Cancel);
        await store.TrySetAsync("a", Record(), null, Cancel);
        await store.LengthAsync(Cancel);
        await Sids(store);
        await Set(store, "c");
        Assert.Equal(["b", "c"], await Sids(store));
    }

    [Fact]
    public async Task Writing_a_session_that_is_there_and_removing_one_make_no_room_necessary()
    {
        using var store = StoreOf(2);
        await Set(store, "a", "b", "b", "a");
        await store.DestroyAsync("a", Cancel);
        await Set(store, "c");
        Assert.Equal(["b", "c"], await Sids(store));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task The_sessions_used_least_recently_go_until_the_bytes_fit()
    {
        using var store = StoreOfBytes(1000);
        foreach (var sid in (string[])["a", "b", "c", "d"])
        {
            await store.SetAsync(sid, OfSize(250), Cancel);
        }

        await store.GetAsync("a", Cancel);
        await store.SetAsync("e", OfSize(251), Cancel);
        Assert.Equal(["a", "d", "e"], await Sids(store));

        // One that grows makes room as well, and never goes itself.
        await store.SetAsync("a", OfSize(990), Cancel);
        Assert.Equal(["a"], await Sids(store));
        Assert.Equal(1, _log.Count("SessionEvicted"));

        // What has gone or shrunk counts no more.
        await store.SetAsync("a", OfSize(100), Cancel);
        await store.SetAsync("f", OfSize(500), Cancel);
        await store.DestroyAsync("f", Cancel);
        await store.SetAsync("g", OfSize(900), Cancel);
        Assert.Equal(["a", "g"], await Sids(store));
    }

    [Fact]
    public async Task A_session_larger_than_all_may_be_is_refused_and_what_is_there_stays()
    {
        using var store = StoreOfBytes(1000);
        await store.SetAsync("a", OfSize(1000), Cancel);
        var kept = await store.GetAsync("a", Cancel);

        var set = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync("b", OfSize(1001), Cancel));
        var trySet = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.TrySetAsync("a", OfSize(1001), kept, Cancel));

        Assert.Equal((SessionStoreOperation.Set, SessionStoreOperation.TrySet), (set.Operation, trySet.Operation));
        Assert.False(set.IsTransient);
        Assert.Contains("1001 bytes", set.Message, StringComparison.Ordinal);
        Assert.Contains("MaxBytes", set.Message, StringComparison.Ordinal);
        Assert.Equal(1000, (await store.GetAsync("a", Cancel))!.Payload.Length);
        Assert.Equal(["a"], await Sids(store));
    }

    [Fact]
    public async Task The_bytes_are_counted_right_over_many_random_operations()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            using var store = StoreOfBytes(2000);
            for (var step = 0; step < 2000; step++)
            {
                var sid = random.Next(12).ToString(CultureInfo.InvariantCulture);
                var record = OfSize(random.Next(1, 700));
                switch (random.Next(5))
                {
                    case 0:
                        await store.DestroyAsync(sid, Cancel);
                        break;
                    case 1:
                        await store.TouchAsync(sid, record, Cancel);
                        break;
                    case 2:
                        await store.TrySetAsync(sid, record, await store.GetAsync(sid, Cancel), Cancel);
                        break;
                    case 3:
                        await store.SetAsync(sid, new SessionRecord(record.Payload.Span, DateTimeOffset.UnixEpoch), Cancel);
                        break;
                    default:
                        await store.SetAsync(sid, record, Cancel);
                        break;
                }

                Assert.True(
                    (await store.AllAsync(Cancel).ToListAsync(Cancel)).Sum(static entry => entry.Record.Payload.Length) <= 2000,
                    $"Seed {seed}, step {step}."
                );
            }

            // Were any byte forgotten, four of a quarter each would not fit any more.
            await store.ClearAsync(Cancel);
            for (var i = 0; i < 4; i++)
            {
                await store.SetAsync($"last{i}", OfSize(500), Cancel);
            }

            Assert.Equal(4, await store.LengthAsync(Cancel));
        }
    }

    [Fact]
    public async Task A_model_of_the_order_agrees_over_many_random_operations()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            using var store = StoreOf(7);
            var order = new List<string>();
            for (var step = 0; step < 2000; step++)
            {
                var sid = random.Next(12).ToString(CultureInfo.InvariantCulture);
                var there = order.Remove(sid);
                switch (random.Next(5))
                {
                    case 0:
                        await store.DestroyAsync(sid, Cancel);
                        continue;
                    case 1:
                        await store.TouchAsync(sid, Record(), Cancel);
                        break;
                    case 2 or 3:
                        await store.GetAsync(sid, Cancel);
                        break;
                    default:
                        await Set(store, sid);
                        there = true;
                        break;
                }

                order.AddRange(there ? [sid] : []);
                order.RemoveRange(0, Math.Max(0, order.Count - 7));
                var expected = order.Order(StringComparer.Ordinal);
                Assert.True(expected.SequenceEqual(await Sids(store)), $"Seed {seed}, step {step}.");
            }
        }
    }

    [Fact]
    public async Task Dropping_a_live_session_is_warned_of_once()
    {
        using var store = StoreOf(1);
        await Set(store, "a");
        Assert.Empty(_log.Lines);
        await store.TrySetAsync("secret-sid", Record(), null, Cancel);
        await Set(store, "c", "d");

        var line = Assert.Single(_log.Lines);
        Assert.Equal((LogLevel.Warning, new EventId(20, "SessionEvicted")), (line.Level, line.Event));
        Assert.DoesNotContain("secret-sid", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dropping_an_expired_session_is_not()
    {
        using var store = StoreOf(1);
        await Set(store, "a");
        _time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        await store.SetAsync("a", new SessionRecord("{}"u8, _time.GetUtcNow() + TimeSpan.FromTicks(1)), Cancel);
        _time.Advance(TimeSpan.FromTicks(1));
        await Set(store, "b");

        Assert.Equal(["b"], await Sids(store));
        Assert.Empty(_log.Lines);
    }

    private static SessionRecord Record() => new("""{"cookie":{}}"""u8, expires: null);

    private static async Task Set(MemorySessionStore store, params string[] sids)
    {
        foreach (var sid in sids)
        {
            await store.SetAsync(sid, Record(), Cancel);
        }
    }

    private static async Task<List<string>> Sids(MemorySessionStore store)
    {
        var sids = new List<string>();
        await foreach (var entry in store.AllAsync(Cancel))
        {
            sids.Add(entry.Sid);
        }

        sids.Sort(StringComparer.Ordinal);
        return sids;
    }

    private static SessionRecord OfSize(int bytes) => new(new byte[bytes], expires: null);

    private MemorySessionStore StoreOfBytes(long maxBytes) =>
        new(new MemorySessionStoreOptions { MaxBytes = maxBytes, PruneInterval = TimeSpan.FromHours(7) }, _time, Logger);

    private MemorySessionStore StoreOf(int maxSessions) =>
        new(new MemorySessionStoreOptions { MaxSessions = maxSessions, PruneInterval = TimeSpan.FromHours(7) }, _time, Logger);
}
