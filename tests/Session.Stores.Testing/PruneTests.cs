using Microsoft.Extensions.Logging;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Testing;

/// <param name="rounds">How often the timer's wait, which is random, is looked at: as often as a few seconds allow where the store
/// lies.</param>
public abstract class PruneTests<TPlace, TStore>(Func<Task<TPlace>> newPlace, int rounds) : StoreTests<TPlace, TStore>(newPlace)
    where TPlace : StorePlace<TStore>
    where TStore : class,
        ITouchableSessionStore,
        IConditionalSessionStore,
        IEnumerableSessionStore,
        IPrunableSessionStore,
        IDisposable,
        IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Pruning_removes_at_most_a_batch_and_only_what_has_expired()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        await SetExpiringAsync(place, store, 25);
        await store.SetAsync("alive", place.Record(), Cancel);
        place.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(10, await store.PruneAsync(10, Cancel));
        Assert.Equal(10, await store.PruneAsync(10, Cancel));
        Assert.Equal(5, await store.PruneAsync(10, Cancel));
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
        Assert.Equal(1, await CountAsync(place));
        Assert.NotNull(await store.GetAsync("alive", Cancel));
    }

    [Fact]
    public async Task The_host_leaves_pruning_to_the_store()
    {
        await using var place = await NewPlaceAsync();
        Assert.True(place.NewStore().PrunesItself);
    }

    [Fact]
    public async Task A_batch_of_less_than_one_is_refused()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.PruneAsync(0, Cancel));
    }

    [Fact]
    public async Task Instances_do_not_prune_at_the_same_moment()
    {
        var due = new HashSet<TimeSpan>();
        for (var instance = 0; instance < 8; instance++)
        {
            await using var place = await NewPlaceAsync();
            var clock = new RecordingTimeProvider();
            var store = NewStore(place, Interval, clock: clock);
            await place.OpenAsync(store, Cancel);
            due.Add(Assert.Single(clock.Due));
        }

        Assert.All(due, time => Assert.InRange(time, Interval * 0.5, Interval * 1.5));
        Assert.True(due.Count > 1, "Eight instances chose the same moment.");
    }

    [Fact]
    public async Task The_timer_goes_on_after_an_error()
    {
        await using var place = await NewPlaceToBreakAsync();
        var logger = new SignallingLogger<TStore>();
        var store = NewStore(place, Interval, logger);
        await SetExpiringAsync(place, store, 1);
        await BreakPruningAsync(place);
        place.Clock.Advance(Interval * 1.5);
        await logger.EventAsync("PruneFailed");

        await MendPruningAsync(place);

        // The next start is set a moment after the error was logged; time goes on until it has come.
        var pruned = logger.EventAsync("Pruned");
        await Bounded.UntilAsync(
            () =>
            {
                place.Clock.Advance(Interval * 1.5);
                return pruned.IsCompleted;
            },
            "the timer to prune after an error",
            Cancel
        );
        await pruned;
        Assert.Equal(0, await CountAsync(place));
    }

    [Fact]
    public async Task An_infinite_interval_means_never_and_an_unused_store_has_no_timer()
    {
        await using var place = await NewPlaceAsync();
        var clock = new RecordingTimeProvider();
        var never = NewStore(place, Timeout.InfiniteTimeSpan, clock: clock);
        await place.OpenAsync(never, Cancel);
        NewStore(place, Interval, clock: clock);
        Assert.Empty(clock.Due);
    }

    [Fact]
    public async Task Disposal_stops_the_timer()
    {
        await using var place = await NewPlaceAsync();
        var logger = new SignallingLogger<TStore>();
        var store = NewStore(place, Interval, logger);
        await SetExpiringAsync(place, store, 1);
        await store.DisposeAsync();
        place.Clock.Advance(Interval * 5);
        Assert.Equal(1, await CountAsync(place));
        Assert.Equal(0, logger.Count("Pruned") + logger.Count("PruneFailed"));
    }

    /// <summary>A store that prunes at that interval, in batches of 10 where it has a batch.</summary>
    protected abstract TStore NewStore(TPlace place, TimeSpan interval, ILogger<TStore>? logger = null, TimeProvider? clock = null);

    /// <summary>How many sessions are at rest there, expired or not.</summary>
    protected abstract Task<long> CountAsync(TPlace place);

    protected virtual Task<TPlace> NewPlaceToBreakAsync() => NewPlaceAsync();

    /// <summary>From here on nothing can be removed.</summary>
    protected abstract Task BreakPruningAsync(TPlace place);

    protected abstract Task MendPruningAsync(TPlace place);

    protected async Task AssertTimerWaitsAndRemovesEverythingAsync()
    {
        for (var round = 0; round < rounds; round++)
        {
            await using var place = await NewPlaceAsync();
            var logger = new SignallingLogger<TStore>();
            var store = NewStore(place, Interval, logger);
            await SetExpiringAsync(place, store, 35);

            place.Clock.Advance((Interval * 0.5) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, logger.Count("Pruned"));
            place.Clock.Advance(Interval + TimeSpan.FromMilliseconds(2));
            await logger.EventAsync("Pruned");
            Assert.Equal(0, await CountAsync(place));
            Assert.Contains(logger.Messages, message => message.Contains("Removed 35 ", StringComparison.Ordinal));
        }
    }

    protected static async Task SetExpiringAsync(TPlace place, TStore store, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await store.SetAsync($"expiring{i}", place.Record(life: TimeSpan.FromSeconds(1)), Cancel);
        }
    }

    /// <summary>Tells after how long its timers were to fire.</summary>
    private sealed class RecordingTimeProvider : TimeProvider
    {
        public List<TimeSpan> Due { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Due.Add(dueTime);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
