using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Session.Stores.Memory.Tests;

public sealed class EvictionTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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
        Assert.Equal([], _logger.Events);
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
        Assert.Equal([], _logger.Events);
        await store.TrySetAsync("secret-sid", Record(), null, Cancel);
        await Set(store, "c", "d");

        var (level, id, text) = Assert.Single(_logger.Events);
        Assert.Equal((LogLevel.Warning, new EventId(1, "SessionEvicted")), (level, id));
        Assert.DoesNotContain("secret-sid", text, StringComparison.Ordinal);
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
        Assert.Equal([], _logger.Events);
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

    private MemorySessionStore StoreOf(int maxSessions) =>
        new(new MemorySessionStoreOptions { MaxSessions = maxSessions, SweepInterval = TimeSpan.FromHours(7) }, _time, _logger);
}
