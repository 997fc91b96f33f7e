namespace ServerSessions.Stores.Moving.Tests;

/// <summary>Where a session is, and what stands in its place.</summary>
public sealed class CarryTests : MoveTest
{
    [Fact]
    public async Task A_session_that_is_read_is_carried_with_its_bytes_and_its_expiry()
    {
        var stored = Record("a");
        await Old.Inner.SetAsync("sid", stored, Cancel);

        var read = await Instance(SessionMoveMode.CarryToNew).GetAsync("sid", Cancel);

        Assert.Equal(TextOf(stored), TextOf(read));
        Assert.Equal(TextOf(stored), await AtRestAsync(New, "sid"));
        Assert.Equal(stored.Expires, (await New.Inner.GetAsync("sid", Cancel))!.Expires);
        Assert.StartsWith("""{"__carry":"moved","cookie":{""", await AtRestAsync(Old, "sid"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_stays_where_it_is_in_the_mode_stay()
    {
        var (staying, carrying) = (Instance(SessionMoveMode.Stay), Instance(SessionMoveMode.CarryToNew));
        await staying.SetAsync("old", Record("a"), Cancel);
        await carrying.SetAsync("new", Record("b"), Cancel);

        await staying.GetAsync("old", Cancel);
        await staying.GetAsync("new", Cancel);

        Assert.Equal(TextOf(Record("a")), await AtRestAsync(Old, "old"));
        Assert.Equal(TextOf(Record("b")), await AtRestAsync(New, "new"));
    }

    [Fact]
    public async Task A_carried_session_costs_one_read()
    {
        var carrying = Instance(SessionMoveMode.CarryToNew);
        await carrying.SetAsync("sid", Record("a"), Cancel);
        var (inOld, inNew) = (Old.Calls.Count, New.Calls.Count);

        await carrying.GetAsync("sid", Cancel);

        Assert.Equal((inOld, inNew + 1), (Old.Calls.Count, New.Calls.Count));
    }

    [Fact]
    public async Task A_write_of_what_was_read_costs_one_call()
    {
        var carrying = Instance(SessionMoveMode.CarryToNew);
        await carrying.SetAsync("sid", Record("a"), Cancel);
        var read = await carrying.GetAsync("sid", Cancel);
        var calls = Old.Calls.Count + New.Calls.Count;

        Assert.Equal(ConditionalSetResult.Stored, await carrying.TrySetAsync("sid", Record("b"), read, Cancel));

        Assert.Equal(calls + 1, Old.Calls.Count + New.Calls.Count);
    }

    [Theory]
    [InlineData(SessionMoveMode.Stay)]
    [InlineData(SessionMoveMode.CarryToNew)]
    [InlineData(SessionMoveMode.CarryToOld)]
    public async Task A_session_that_was_carried_while_a_request_had_it_is_written_where_it_is_now(SessionMoveMode mode)
    {
        await Old.Inner.SetAsync("sid", Record("a"), Cancel);
        var request = Instance(SessionMoveMode.Stay);
        var read = await request.GetAsync("sid", Cancel);
        await Instance(SessionMoveMode.CarryToNew).GetAsync("sid", Cancel);

        Assert.Equal(ConditionalSetResult.Stored, await request.TrySetAsync("sid", Record("b"), read, Cancel));

        Assert.Equal(TextOf(Record("b")), TextOf(await Instance(mode).GetAsync("sid", Cancel)));
    }

    [Fact]
    public async Task A_carrier_that_stopped_after_its_second_step_is_completed_by_the_next_reader()
    {
        await Old.Inner.SetAsync("sid", Record("a"), Cancel);
        New.Inject(StoreFault.Fails, SessionStoreOperation.TrySet, skip: 2);
        await Instance(SessionMoveMode.CarryToNew).GetAsync("sid", Cancel);
        Assert.StartsWith("""{"__carry":"copy """, await AtRestAsync(New, "sid"), StringComparison.Ordinal);
        New.Recover();

        var read = await Instance(SessionMoveMode.Stay).GetAsync("sid", Cancel);

        Assert.Equal(TextOf(Record("a")), TextOf(read));
        Assert.Equal(TextOf(Record("a")), await AtRestAsync(New, "sid"));
    }

    [Fact]
    public async Task An_end_is_remembered_for_five_minutes_and_leaves_nothing_of_the_session()
    {
        var carrying = Instance(SessionMoveMode.CarryToNew);
        await Old.Inner.SetAsync("sid", Record("secret"), Cancel);
        await carrying.GetAsync("sid", Cancel);

        await carrying.DestroyAsync("sid", Cancel);

        Assert.StartsWith("""{"__carry":"ended","cookie":{""", await AtRestAsync(New, "sid"), StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromTicks(1));
        Assert.Equal("absent", await AtRestAsync(New, "sid"));
    }

    [Fact]
    public async Task What_stands_in_place_of_a_session_is_not_one_for_an_instance_with_one_store()
    {
        await Old.Inner.SetAsync("sid", Record("a"), Cancel);
        await Instance(SessionMoveMode.CarryToNew).GetAsync("sid", Cancel);

        Assert.False(MovingSessionStore.IsSession((await Old.Inner.GetAsync("sid", Cancel))!));
        Assert.True(MovingSessionStore.IsSession((await New.Inner.GetAsync("sid", Cancel))!));
    }

    [Fact]
    public async Task A_touch_moves_the_expiry_where_the_session_is()
    {
        var staying = Instance(SessionMoveMode.Stay);
        await Instance(SessionMoveMode.CarryToNew).SetAsync("sid", Record("a"), Cancel);

        Assert.True(await staying.TouchAsync("sid", Record("a", TimeSpan.FromHours(9)), Cancel));

        Assert.Equal(Clock.GetUtcNow() + TimeSpan.FromHours(9), (await staying.GetAsync("sid", Cancel))!.Expires);
        Assert.False(await staying.TouchAsync("other", Record("a"), Cancel));
    }

    [Fact]
    public async Task A_session_is_listed_and_counted_once_wherever_it_is()
    {
        var (staying, carrying) = (Instance(SessionMoveMode.Stay), Instance(SessionMoveMode.CarryToNew));
        foreach (var sid in (string[])["carried", "old", "ended"])
        {
            await staying.SetAsync(sid, Record(sid), Cancel);
        }

        await carrying.SetAsync("new", Record("new"), Cancel);
        await carrying.GetAsync("carried", Cancel);
        await carrying.DestroyAsync("ended", Cancel);

        foreach (var store in (IEnumerableSessionStore[])[(IEnumerableSessionStore)staying, (IEnumerableSessionStore)carrying])
        {
            var listed = await store.AllAsync(Cancel).Select(static entry => entry.Sid).Order().ToListAsync(Cancel);
            Assert.Equal(["carried", "new", "old"], listed);
            Assert.Equal(3, await store.LengthAsync(Cancel));
        }
    }
}
