namespace ServerSessions.Stores.Moving.Tests;

/// <summary>What an outage of one of the two stores costs, and what is said about it.</summary>
public sealed class OutageTests : MoveTest
{
    [Fact]
    public async Task While_carrying_an_outage_of_the_old_store_touches_only_sessions_that_are_not_carried_yet()
    {
        var carrying = Instance(SessionMoveMode.CarryToNew);
        await carrying.SetAsync("carried", Record("a"), Cancel);
        await Old.Inner.SetAsync("left", Record("b"), Cancel);
        Old.Disconnect();

        var read = await carrying.GetAsync("carried", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await carrying.TrySetAsync("carried", Record("c"), read, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await carrying.TrySetAsync("begun", Record("d"), null, Cancel));
        await carrying.DestroyAsync("carried", Cancel);
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => carrying.GetAsync("left", Cancel).AsTask());
    }

    [Fact]
    public async Task While_staying_an_outage_of_the_new_store_touches_only_sessions_that_are_there()
    {
        var staying = Instance(SessionMoveMode.Stay);
        await staying.SetAsync("sid", Record("a"), Cancel);
        New.Disconnect();

        var read = await staying.GetAsync("sid", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await staying.TrySetAsync("sid", Record("b"), read, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await staying.TrySetAsync("begun", Record("c"), null, Cancel));
        await staying.DestroyAsync("sid", Cancel);
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => staying.GetAsync("unknown", Cancel).AsTask());
    }

    [Fact]
    public async Task A_session_that_cannot_be_carried_is_usable_where_it_is()
    {
        var carrying = Instance(SessionMoveMode.CarryToNew);
        await Old.Inner.SetAsync("sid", Record("a"), Cancel);
        New.Inject(StoreFault.Fails, SessionStoreOperation.TrySet);

        var read = await carrying.GetAsync("sid", Cancel);

        Assert.Equal(TextOf(Record("a")), TextOf(read));
        Assert.Equal(ConditionalSetResult.Stored, await carrying.TrySetAsync("sid", Record("b"), read, Cancel));
        Assert.Equal(TextOf(Record("b")), await AtRestAsync(Old, "sid"));
    }

    [Fact]
    public async Task An_exception_says_which_store_failed()
    {
        var carrying = Instance(SessionMoveMode.CarryToNew);
        Old.Disconnect();
        var old = await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => carrying.GetAsync("sid", Cancel).AsTask());
        New.Disconnect();
        var @new = await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => carrying.GetAsync("sid", Cancel).AsTask());

        Assert.StartsWith("The old session store of the move (Memory) failed.", old.Message, StringComparison.Ordinal);
        Assert.StartsWith("The new session store of the move (Memory) failed.", @new.Message, StringComparison.Ordinal);
        Assert.Equal("Memory+Memory", carrying.Backend);
    }

    [Fact]
    public void The_move_is_disconnected_while_the_store_is_that_it_reads_first()
    {
        var events = new List<string>();
        var carrying = Instance(SessionMoveMode.CarryToNew);
        carrying.Disconnected += (_, _) => events.Add("lost");
        carrying.Connected += (_, _) => events.Add("found");

        Old.Disconnect();
        Old.Connect();
        New.Disconnect();
        Old.Disconnect();
        Old.Connect();
        New.Connect();

        Assert.Equal(["lost", "found"], events);
    }

    [Fact]
    public async Task Sessions_begin_and_are_read_although_it_is_not_known_yet_that_the_stores_are_two()
    {
        New.Disconnect();
        var staying = Instance(SessionMoveMode.Stay);

        await Assert.ThrowsAsync<SessionStoreUnavailableException>(() => staying.OpenAsync(Cancel).AsTask());
        Assert.Equal(ConditionalSetResult.Stored, await staying.TrySetAsync("sid", Record("a"), null, Cancel));

        Assert.Equal(TextOf(Record("a")), TextOf(await staying.GetAsync("sid", Cancel)));
    }
}
