using System.Text;

namespace ServerSessions.Stores.Tests;

/// <summary>A store that a test makes fail, wait, or lose its reply or its connection.</summary>
public sealed class FaultySessionStoreTests
{
    private static readonly SessionRecord Record = new(Encoding.UTF8.GetBytes("""{"cookie":{}}"""), null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_fail_before_or_after_their_effect_and_only_those_that_were_chosen()
    {
        var box = new Box();
        await using var store = FaultySessionStore.Over(box);
        store.Inject(StoreFault.Fails, SessionStoreOperation.Set, skip: 1, times: 1);
        store.Inject(StoreFault.LosesReply, SessionStoreOperation.Destroy);

        await store.SetAsync("a", Record, Cancel);
        var failed = await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.SetAsync("b", Record, Cancel));
        await store.SetAsync("c", Record, Cancel);
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.DestroyAsync("a", Cancel));

        Assert.Equal((SessionStoreOperation.Set, "Box", true), (failed.Operation, failed.Backend, failed.IsTransient));
        Assert.Equal(["c"], box.Records.Keys);
        Assert.Equal(2, store.Faults);
        Assert.Equal(
            [SessionStoreOperation.Set, SessionStoreOperation.Set, SessionStoreOperation.Set, SessionStoreOperation.Destroy],
            store.Calls
        );
        store.Recover();
        await store.DestroyAsync("c", Cancel);
        Assert.Empty(box.Records);
    }

    [Fact]
    public async Task A_call_that_hangs_ends_with_its_token_or_goes_on_once_the_store_has_recovered()
    {
        var box = new Box();
        await using var store = FaultySessionStore.Over(box);
        store.Inject(StoreFault.Hangs);
        using var leaving = new CancellationTokenSource();
        var left = store.SetAsync("a", Record, leaving.Token).AsTask();
        var waiting = store.SetAsync("b", Record, Cancel).AsTask();
        Assert.Equal(2, store.Waiting);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal((1, 0), (store.Waiting, box.Records.Count));
        store.Recover();
        await waiting;

        Assert.Equal(["b"], box.Records.Keys);
        Assert.Equal(0, store.Waiting);
    }

    [Fact]
    public async Task A_slow_call_waits_by_the_clock_of_the_test()
    {
        var clock = new FakeTimeProvider();
        await using var store = FaultySessionStore.Over(new Box(), clock);
        store.Inject(StoreFault.Slow(TimeSpan.FromSeconds(5)));

        var slow = store.GetAsync("a", Cancel).AsTask();
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(slow.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await slow);
    }

    [Fact]
    public async Task A_lost_connection_is_told_once_and_fails_every_call_until_it_is_back()
    {
        var box = new Box();
        await using var store = FaultySessionStore.Over(box);
        var events = new List<string>();
        store.Disconnected += (_, _) => events.Add("lost");
        store.Connected += (_, _) => events.Add("back");

        store.Connect();
        store.Disconnect();
        store.Disconnect();
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.GetAsync("a", Cancel));
        store.Recover();
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.GetAsync("a", Cancel));
        store.Connect();
        box.Lose();

        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(["lost", "back", "lost"], events);
    }

    [Fact]
    public async Task An_exception_of_the_test_is_thrown_as_it_is()
    {
        await using var store = FaultySessionStore.Over(new Box());
        store.Inject(StoreFault.Throws(static operation => new IOException($"{operation}")));

        var thrown = await Assert.ThrowsAsync<IOException>(async () => await store.GetAsync("a", Cancel));

        Assert.Equal("Get", thrown.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Inject(StoreFault.Fails, skip: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Inject(StoreFault.Fails, times: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => StoreFault.Slow(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void It_has_the_optional_interfaces_of_the_store_behind_it_and_no_others()
    {
        Type[] optional =
        [
            typeof(ITouchableSessionStore),
            typeof(IGetAndTouchSessionStore),
            typeof(IConditionalSessionStore),
            typeof(IEnumerableSessionStore),
            typeof(IPrunableSessionStore),
        ];
        var proxies = new HashSet<string>();
        for (var bits = 0; bits < 1 << optional.Length; bits++)
        {
            var wanted = optional.Where((_, i) => (bits & (1 << i)) != 0).ToArray();
            var names = wanted.Select(static type => type.Name);
            if (names.Contains(nameof(IGetAndTouchSessionStore)))
            {
                // It is a touchable store, too.
                names = names.Append(nameof(ITouchableSessionStore)).Distinct();
            }

            var wrapped = FaultySessionStore.Over(FaultySessionStore.Over(Shapes.Of(wanted)));
            var found = optional.Where(type => type.IsInstanceOfType(wrapped)).Select(static type => type.Name);
            Assert.Equal(names.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
            proxies.Add(string.Join(',', names.Order(StringComparer.Ordinal)));
        }

        Assert.Equal(24, proxies.Count);
    }

    private sealed class Box : ISessionStore
    {
        public event EventHandler? Connected;

        public event EventHandler? Disconnected;

        public string Backend => "Box";

        public Dictionary<string, SessionRecord> Records { get; } = [];

        public void Lose()
        {
            Disconnected?.Invoke(this, EventArgs.Empty);
            _ = Connected;
        }

        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Records.GetValueOrDefault(sid));

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            Records[sid] = record;
            return default;
        }

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
        {
            Records.Remove(sid);
            return default;
        }
    }
}
