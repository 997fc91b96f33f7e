namespace ServerSessions.Stores.Moving.Tests;

/// <summary>Calls that take longer than the life of the session that they write.</summary>
public sealed class LateCallTests : MoveTest
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(7);

    [Theory]
    [InlineData(SessionMoveMode.Stay)]
    [InlineData(SessionMoveMode.CarryToNew)]
    [InlineData(SessionMoveMode.CarryToOld)]
    public async Task A_creation_that_took_longer_than_its_session_lives_loses_to_one_that_came_meanwhile(SessionMoveMode mode)
    {
        var instance = Instance(mode);
        var late = await BeginAsync(mode, () => instance.TrySetAsync("sid", Record("late", Life), null, Cancel).AsTask());
        Assert.Equal(ConditionalSetResult.Stored, await instance.TrySetAsync("sid", Record("other"), null, Cancel));

        LetPass();

        Assert.Equal(ConditionalSetResult.Changed, await late);
        Assert.Contains("other", TextOf(await instance.GetAsync("sid", Cancel)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SessionMoveMode.Stay)]
    [InlineData(SessionMoveMode.CarryToNew)]
    [InlineData(SessionMoveMode.CarryToOld)]
    public async Task A_set_that_took_longer_than_its_session_lives_replaces_what_came_meanwhile(SessionMoveMode mode)
    {
        var instance = Instance(mode);
        var late = await BeginAsync(
            mode,
            async () =>
            {
                await instance.SetAsync("sid", Record("late", Life), Cancel);
                return true;
            }
        );
        await instance.SetAsync("sid", Record("other"), Cancel);

        LetPass();

        Assert.True(await late);
        Assert.Equal("absent", TextOf(await instance.GetAsync("sid", Cancel)));
    }

    [Theory]
    [InlineData(SessionMoveMode.Stay)]
    [InlineData(SessionMoveMode.CarryToNew)]
    [InlineData(SessionMoveMode.CarryToOld)]
    public async Task An_end_that_has_found_no_session_removes_nothing_that_came_since(SessionMoveMode mode)
    {
        var instance = Instance(mode);
        var (first, second) = mode == SessionMoveMode.CarryToNew ? (New, Old) : (Old, New);

        // After its look.
        second.Inject(StoreFault.Hangs, skip: 1, times: 1);
        var late = instance.DestroyAsync("sid", Cancel).AsTask();
        await Bounded.UntilAsync(() => second.Waiting == 1, "the removal from the second store", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await instance.TrySetAsync("sid", Record("a"), null, Cancel));
        var before = (await AtRestAsync(first, "sid"), await AtRestAsync(second, "sid"));

        Old.Recover();
        New.Recover();
        await late;

        Assert.Equal(before, (await AtRestAsync(first, "sid"), await AtRestAsync(second, "sid")));
        Assert.Contains("\"a\"", TextOf(await instance.GetAsync("sid", Cancel)), StringComparison.Ordinal);
    }

    /// <summary>Begins a call and holds it at its second look, when it has found nothing in the first store.</summary>
    private async Task<Task<T>> BeginAsync<T>(SessionMoveMode mode, Func<Task<T>> call)
    {
        var second = mode == SessionMoveMode.CarryToNew ? Old : New;
        second.Inject(StoreFault.Hangs, SessionStoreOperation.Get, times: 1);
        var begun = call();
        await Bounded.UntilAsync(() => second.Waiting == 1, "the second look", Cancel);
        return begun;
    }

    private void LetPass()
    {
        Clock.Advance(Life);
        Old.Recover();
        New.Recover();
    }
}
