using ServerSessions.Testing;

namespace ServerSessions.Stores.Testing;

/// <summary>
/// The server has done what was asked, and its reply is lost with the connection. The second attempt finds the traces of the first one.
/// </summary>
public abstract class LostReplyTests<TStore>(Func<Task<LostReplyPlace<TStore>>> newPlace)
    where TStore : class,
        ITouchableSessionStore,
        IConditionalSessionStore,
        IEnumerableSessionStore,
        IPrunableSessionStore,
        IDisposable,
        IAsyncDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removal_that_was_done_is_not_reported_as_a_missing_session()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        await WarmAsync(store, sid => store.TrySetAsync(sid, Ended(place), Record(place, "old"), Cancel), Record(place, "old"));
        await other.SetAsync("a", Record(place, "old"), Cancel);

        await AssertUnknownAsync(
            place,
            () => store.TrySetAsync("a", Ended(place), Record(place, "old"), Cancel),
            async () => await other.GetAsync("a", Cancel) is null
        );

        // What is known is reported as before.
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", Ended(place), Record(place, "old"), Cancel));
    }

    [Fact]
    public async Task A_removal_of_what_is_absent_is_done_after_a_broken_connection()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        await store.TrySetAsync("warm", Ended(place), expected: null, Cancel);
        await other.SetAsync("a", Record(place, "old", TimeSpan.FromSeconds(1)), Cancel);
        await using var early = place.NewStore(throughProxy: false, place.Ahead);
        place.Clock.Advance(TimeSpan.FromSeconds(2));

        var result = await LosingTheReplyAsync(
            place,
            () => store.TrySetAsync("a", Ended(place), expected: null, Cancel),
            async () => await early.GetAsync("a", Cancel) is null
        );

        Assert.Equal(ConditionalSetResult.Stored, result);
    }

    [Fact]
    public async Task A_write_that_another_one_has_replaced_is_not_reported_as_a_conflict()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        foreach (var expected in (SessionRecord?[])[null, Record(place, "old")])
        {
            var sid = expected is null ? "new" : "a";
            await WarmAsync(store, warm => store.TrySetAsync(warm, Record(place, "mine"), expected, Cancel), expected);
            if (expected is not null)
            {
                await other.SetAsync(sid, expected, Cancel);
            }

            var result = await LosingTheReplyAsync(
                place,
                () => store.TrySetAsync(sid, Record(place, "mine"), expected, Cancel),
                () => HoldsAsync(other, sid, "mine"),
                () => other.SetAsync(sid, Record(place, "theirs"), Cancel)
            );
            Assert.Equal(ConditionalSetResult.Uncertain, result);
            Assert.True(await HoldsAsync(other, sid, "theirs"));
        }
    }

    [Fact]
    public async Task A_write_that_another_one_has_removed_is_not_reported_as_a_missing_session()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        var expected = Record(place, "old");
        await WarmAsync(store, warm => store.TrySetAsync(warm, Record(place, "mine"), expected, Cancel), expected);
        await other.SetAsync("a", expected, Cancel);

        await AssertUnknownAsync(
            place,
            () => store.TrySetAsync("a", Record(place, "mine"), expected, Cancel),
            () => HoldsAsync(other, "a", "mine"),
            () => other.DestroyAsync("a", Cancel)
        );
        Assert.Null(await other.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_touch_that_ended_a_session_is_not_reported_as_one_of_a_missing_session()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        await WarmAsync(store, warm => store.TouchAsync(warm, Ended(place), Cancel), Record(place, "old"));
        await other.SetAsync("a", Record(place, "old"), Cancel);

        await AssertUnknownAsync(
            place,
            () => store.TouchAsync("a", Ended(place), Cancel),
            async () => await other.GetAsync("a", Cancel) is null
        );
        Assert.False(await store.TouchAsync("a", Ended(place), Cancel));
    }

    [Fact]
    public async Task A_write_whose_reply_was_lost_does_not_undo_what_was_stored_after_it()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        (string Sid, Func<string, ValueTask> Write, Func<Task<bool>> IsDone)[] writes =
        [
            ("set", sid => store.SetAsync(sid, Record(place, "mine"), Cancel), () => HoldsAsync(other, "set", "mine")),
            ("touch", async sid => await store.TouchAsync(sid, Record(place, "", Life * 2), Cancel), () => IsTouchedAsync("touch")),
            ("destroy", sid => store.DestroyAsync(sid, Cancel), async () => await other.GetAsync("destroy", Cancel) is null),
        ];
        foreach (var (sid, write, isDone) in writes)
        {
            await WarmAsync(store, warm => DoneAsync(write(warm)), Record(place, "old"));
            await other.SetAsync(sid, Record(place, "old"), Cancel);

            await AssertUnknownAsync(
                place,
                () => DoneAsync(write(sid)),
                isDone,
                () => other.SetAsync(sid, Record(place, "theirs", Life * 3), Cancel)
            );

            Assert.True(await HoldsAsync(other, sid, "theirs"), sid);
            Assert.Equal(place.Clock.GetUtcNow() + Life * 3, (await other.GetAsync(sid, Cancel))!.Expires);
        }

        async Task<bool> IsTouchedAsync(string sid) => (await other.GetAsync(sid, Cancel))!.Expires > place.Clock.GetUtcNow() + Life;
    }

    [Fact]
    public async Task A_creation_whose_reply_was_lost_does_not_bring_back_what_was_destroyed_after_it()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        await WarmAsync(store, warm => store.TrySetAsync(warm, Record(place, "mine"), expected: null, Cancel), present: null);

        await AssertUnknownAsync(
            place,
            () => store.TrySetAsync("a", Record(place, "mine"), expected: null, Cancel),
            () => HoldsAsync(other, "a", "mine"),
            () => other.DestroyAsync("a", Cancel)
        );

        Assert.Null(await other.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_creation_whose_expiry_passes_before_its_second_attempt_does_not_say_that_nothing_was_written()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        await WarmAsync(store, warm => store.TrySetAsync(warm, Record(place, "mine"), expected: null, Cancel), present: null);

        await AssertUnknownAsync(
            place,
            () => store.TrySetAsync("a", Record(place, "mine"), expected: null, Cancel),
            () => HoldsAsync(other, "a", "mine"),
            async () =>
            {
                Assert.True(await other.TouchAsync("a", Record(place, "", Life * 3), Cancel));
                place.Clock.Advance(Life * 2);
            }
        );

        Assert.True(await HoldsAsync(other, "a", "mine"));
    }

    [Fact]
    public async Task A_connection_that_died_at_rest_costs_a_write_nothing()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        Func<ValueTask<bool>>[] writes =
        [
            () => DoneAsync(store.SetAsync("a", Record(place, "mine"), Cancel)),
            () => store.TouchAsync("a", Record(place, "", Life * 2), Cancel),
            () => DoneAsync(store.DestroyAsync("a", Cancel)),
            async () => await store.TrySetAsync("a", Record(place, "mine"), expected: null, Cancel) == ConditionalSetResult.Stored,
            () => DoneAsync(store.ClearAsync(Cancel)),
        ];
        await store.LengthAsync(Cancel);
        foreach (var write in writes)
        {
            place.BreakConnections();
            place.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await write());
        }
    }

    [Fact]
    public async Task A_prune_reports_no_smaller_number_than_it_has_removed()
    {
        await using var place = await newPlace();
        place.Ahead.Advance(Life * 3);
        await using var store = place.NewStore(throughProxy: true, place.Ahead);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
        for (var i = 0; i < 15; i++)
        {
            await other.SetAsync($"{i}", Record(place, "old"), Cancel);
        }

        // The store tests the connection before the statement. That needs a reply, and only the statement waits for the lock.
        Task<int> pruning;
        await using (await place.HoldTableAsync())
        {
            pruning = store.PruneAsync(10, Cancel).AsTask();
            await Bounded.UntilAsync(place.IsHeldUpAsync, "a statement that waits for the lock", Cancel);
            place.LoseReplies();
        }

        await Bounded.UntilAsync(async () => await other.LengthAsync(Cancel) == 5, "the removal of all but five sessions", Cancel);
        place.BreakConnections();
        await AssertUnknownAsync(() => pruning);
        Assert.Equal(5, await store.PruneAsync(10, Cancel));
    }

    [Fact]
    public async Task A_connection_that_died_at_rest_costs_a_prune_nothing()
    {
        await using var place = await newPlace();
        place.Ahead.Advance(Life * 3);
        await using var store = place.NewStore(throughProxy: true, place.Ahead);
        await using var other = place.NewStore(throughProxy: false, place.Clock);
        await other.SetAsync("a", Record(place, "old"), Cancel);
        await store.GetAsync("a", Cancel);
        place.BreakConnections();

        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }

    [Fact]
    public async Task An_error_of_the_second_attempt_does_not_say_that_nothing_was_written()
    {
        await using var place = await newPlace();
        await using var store = place.NewStore(throughProxy: true, place.Clock);
        var expected = Record(place, "old");
        await store.SetAsync("a", expected, Cancel);

        var lost = place.LoseRequests();
        var writing = store.TrySetAsync("a", Record(place, "mine"), expected, Cancel).AsTask();
        await lost;
        await place.RefuseWritesAsync();
        place.BreakConnections();
        var error = await Assert.ThrowsAnyAsync<SessionStoreException>(() => writing);

        Assert.DoesNotContain("Nothing was written", error.Message, StringComparison.Ordinal);
        Assert.Contains("may have written", error.Message, StringComparison.Ordinal);
    }

    private static SessionRecord Record(LostReplyPlace<TStore> place, string value, TimeSpan? life = null) =>
        new(StorePlace.Payload(value), place.Clock.GetUtcNow() + (life ?? Life));

    private static SessionRecord Ended(LostReplyPlace<TStore> place) => Record(place, "ended", TimeSpan.Zero);

    private static async ValueTask<bool> DoneAsync(ValueTask call)
    {
        await call;
        return true;
    }

    private static async Task<bool> HoldsAsync(TStore store, string sid, string value) =>
        (await store.GetAsync(sid, Cancel))?.Payload.Span.SequenceEqual(StorePlace.Payload(value)) == true;

    /// <summary>Does the same on another session, which opens a connection and prepares its statements: no reply is needed then.</summary>
    private static async Task WarmAsync<TResult>(TStore store, Func<string, ValueTask<TResult>> call, SessionRecord? present)
    {
        if (present is not null)
        {
            await store.SetAsync("warm", present, Cancel);
        }

        await call("warm");
    }

    private static Task AssertUnknownAsync<TResult>(
        LostReplyPlace<TStore> place,
        Func<ValueTask<TResult>> call,
        Func<Task<bool>> isDone,
        Func<ValueTask>? meanwhile = null
    ) => AssertUnknownAsync(() => LosingTheReplyAsync(place, call, isDone, meanwhile));

    private static async Task AssertUnknownAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<SessionStoreUnavailableException>(call);
        Assert.Contains("may have taken effect", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was written", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Makes a call, and breaks its connection once the server has done it.</summary>
    private static async Task<TResult> LosingTheReplyAsync<TResult>(
        LostReplyPlace<TStore> place,
        Func<ValueTask<TResult>> call,
        Func<Task<bool>> isDone,
        Func<ValueTask>? meanwhile = null
    )
    {
        place.LoseReplies();
        var running = call().AsTask();
        await Bounded.UntilAsync(isDone, "what the server does before its reply is lost", Cancel);
        if (meanwhile is not null)
        {
            await meanwhile();
        }

        place.BreakConnections();
        return await running;
    }
}
