using ServerSessions.Stores.Memory;

namespace ServerSessions.Stores.Moving.Tests;

/// <summary>Carrying the sessions that no request uses.</summary>
public sealed class DrainTests : MoveTest
{
    private const int Sessions = 500;

    private static readonly StoreDrainOptions AtOnce = new() { SessionsPerSecond = 0 };

    [Theory]
    [InlineData(SessionMoveMode.CarryToNew)]
    [InlineData(SessionMoveMode.CarryToOld)]
    public async Task A_drain_leaves_no_session_in_the_source(SessionMoveMode mode)
    {
        var (source, target) = mode == SessionMoveMode.CarryToNew ? (Old, New) : (New, Old);
        await FillAsync(source);
        var reports = new Reports();

        var result = await StoreMove.DrainAsync(Instance(mode), AtOnce, reports, Cancel);

        Assert.Equal((Sessions, 0), (result.Moved, result.Left));
        Assert.Equal((Sessions, Sessions), (reports.Last!.Found, reports.Last.Moved));
        Assert.Equal(0, await SessionsInAsync(source));
        Assert.Equal(Sessions, await SessionsInAsync(target));
    }

    [Fact]
    public async Task A_drain_that_was_interrupted_goes_on_where_it_ended()
    {
        await FillAsync(Old);
        New.Inject(StoreFault.Fails, SessionStoreOperation.TrySet, skip: 300);
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(() =>
            StoreMove.DrainAsync(Instance(SessionMoveMode.CarryToNew), AtOnce, cancellationToken: Cancel)
        );
        New.Recover();
        var left = await SessionsInAsync(Old);
        Assert.InRange(left, 1, Sessions - 1);

        var result = await StoreMove.DrainAsync(Instance(SessionMoveMode.CarryToNew), AtOnce, cancellationToken: Cancel);

        Assert.Equal((left, 0), (result.Moved, result.Left));
        Assert.Equal(Sessions, await SessionsInAsync(New));
    }

    [Fact]
    public async Task A_drain_completes_what_a_carrier_has_left()
    {
        await Old.Inner.SetAsync("sid", Record("a"), Cancel);
        New.Inject(StoreFault.Fails, SessionStoreOperation.TrySet, skip: 2);
        await Instance(SessionMoveMode.CarryToNew).GetAsync("sid", Cancel);
        New.Recover();

        await StoreMove.DrainAsync(Instance(SessionMoveMode.CarryToNew), AtOnce, cancellationToken: Cancel);

        Assert.Equal(TextOf(Record("a")), await AtRestAsync(New, "sid"));
    }

    [Theory]
    [InlineData(SessionMoveMode.CarryToNew)]
    [InlineData(SessionMoveMode.CarryToOld)]
    public async Task Of_a_session_that_both_stores_hold_that_of_the_new_store_counts(SessionMoveMode mode)
    {
        await Old.Inner.SetAsync("sid", Record("old"), Cancel);
        await New.Inner.SetAsync("sid", Record("new"), Cancel);

        await StoreMove.DrainAsync(Instance(mode), AtOnce, cancellationToken: Cancel);

        Assert.Equal(TextOf(Record("new")), TextOf(await Instance(mode).GetAsync("sid", Cancel)));
        Assert.Equal(1, await SessionsInAsync(Old) + await SessionsInAsync(New));
    }

    [Fact]
    public async Task A_touch_just_before_a_session_is_given_up_is_not_lost()
    {
        await Old.Inner.SetAsync("sid", Record("a"), Cancel);
        New.Inject(StoreFault.Hangs, SessionStoreOperation.TrySet, skip: 2, times: 1);
        var drain = StoreMove.DrainAsync(Instance(SessionMoveMode.CarryToNew), AtOnce, cancellationToken: Cancel);
        await Bounded.UntilAsync(() => New.Waiting == 1, "the first step of the carrier", Cancel);
        await Instance(SessionMoveMode.Stay).TouchAsync("sid", Record("a", TimeSpan.FromHours(9)), Cancel);
        New.Recover();

        await drain;

        Assert.Equal(Clock.GetUtcNow() + TimeSpan.FromHours(9), (await New.Inner.GetAsync("sid", Cancel))!.Expires);
    }

    [Fact]
    public async Task A_session_that_is_touched_between_its_read_and_its_former_end_is_carried()
    {
        await Old.Inner.SetAsync("sid", Record("a"), Cancel);
        var prolonged = Record("a", TimeSpan.FromHours(9));
        var old = new ReadThen(
            Old.Inner,
            async () =>
            {
                Assert.True(await ((ITouchableSessionStore)Old.Inner).TouchAsync("sid", prolonged, Cancel));
                Clock.Advance(TimeSpan.FromHours(1));
            }
        );
        var store = MovingSessionStore.Create(old, New.Inner, static () => SessionMoveMode.CarryToNew, Clock);

        var result = await StoreMove.DrainAsync(store, AtOnce, cancellationToken: Cancel);

        Assert.Equal((1, 0), (result.Moved, result.Left));
        Assert.Equal(TextOf(prolonged), await AtRestAsync(New, "sid"));
    }

    [Fact]
    public async Task A_drain_needs_a_mode_that_carries() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            StoreMove.DrainAsync(Instance(SessionMoveMode.Stay), cancellationToken: Cancel)
        );

    [Fact]
    public async Task A_store_that_lists_the_records_of_the_other_is_refused_before_anything_is_carried()
    {
        await Old.Inner.SetAsync("sid", Record("a"), Cancel);
        var old = new WithPrefix(Old.Inner, New.Inner);
        var store = MovingSessionStore.Create(old, New.Inner, static () => SessionMoveMode.CarryToNew, Clock);

        var refusal = await Assert.ThrowsAsync<SessionStoreException>(() => StoreMove.DrainAsync(store, AtOnce, cancellationToken: Cancel));

        Assert.Contains("lists the records of the new one", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(TextOf(Record("a")), await AtRestAsync(Old, "sid"));
    }

    private async Task FillAsync(FaultySessionStore store)
    {
        for (var i = 0; i < Sessions; i++)
        {
            await store.Inner.SetAsync($"sid{i}", Record($"{i}"), Cancel);
        }
    }

    private static async Task<long> SessionsInAsync(FaultySessionStore store) =>
        await ((MemorySessionStore)store.Inner).AllAsync(Cancel).LongCountAsync(
            static entry => MovingSessionStore.IsSession(entry.Record),
            Cancel
        );

    private sealed class Reports : IProgress<StoreDrainProgress>
    {
        public StoreDrainProgress? Last { get; private set; }

        public void Report(StoreDrainProgress value) => Last = value;
    }

    /// <summary>A store with which something happens once between a read and its result.</summary>
    private sealed class ReadThen(ISessionStore own, Func<Task> then) : StoreAlone((IConditionalSessionStore)own), IEnumerableSessionStore
    {
        private bool _isDone;

        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            var record = await base.GetAsync(sid, cancellationToken);
            if (record is not null && !_isDone)
            {
                _isDone = true;
                await then();
            }

            return record;
        }

        public IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default) =>
            ((IEnumerableSessionStore)own).AllAsync(cancellationToken);

        public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask ClearAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    /// <summary>
    /// A store whose listing also shows the records of another, as Redis does for a prefix that is the beginning of another one.
    /// </summary>
    private sealed class WithPrefix(ISessionStore own, ISessionStore other)
        : StoreAlone((IConditionalSessionStore)own),
            IEnumerableSessionStore
    {
        public async IAsyncEnumerable<SessionEntry> AllAsync(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
        )
        {
            await foreach (var entry in ((IEnumerableSessionStore)own).AllAsync(cancellationToken))
            {
                yield return entry;
            }

            await foreach (var entry in ((IEnumerableSessionStore)other).AllAsync(cancellationToken))
            {
                yield return new SessionEntry("new:" + entry.Sid, entry.Record);
            }
        }

        public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask ClearAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
