using System.Text;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class InterruptionTests : MemoryStoreTest
{
    [Fact]
    public async Task A_session_destroyed_in_the_middle_of_a_touch_stays_destroyed()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        Assert.False(await Store.TouchAsync("a", Interrupting(() => Start(Store.DestroyAsync("a", Cancel))), Cancel));
        Assert.Equal([], await AllSids());
    }

    [Fact]
    public async Task A_session_that_expires_in_the_middle_of_a_touch_stays_expired()
    {
        await Store.SetAsync("a", Record("\"n\":1", TimeSpan.FromSeconds(1)), Cancel);
        var touch = Interrupting(() =>
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Start(Store.PruneAsync(1, Cancel).AsTask());
        });
        Assert.False(await Store.TouchAsync("a", touch, Cancel));
        Assert.Equal([], await AllSids());
    }

    [Fact]
    public async Task A_touch_keeps_what_was_set_in_its_middle()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        Assert.True(await Store.TouchAsync("a", Interrupting(() => Start(Store.SetAsync("a", Record("\"n\":2"), Cancel))), Cancel));
        Assert.Equal("""{"cookie":{"path":"/new"},"n":2}""", Json(await Store.GetAsync("a", Cancel)));
    }

    [Fact]
    public async Task A_session_destroyed_in_the_middle_of_a_conditional_set_stays_destroyed()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        var expected = Interrupting(() => Start(Store.DestroyAsync("a", Cancel)));
        Assert.Equal(ConditionalSetResult.Missing, await Store.TrySetAsync("a", Record("\"n\":3"), expected, Cancel));
        Assert.Equal([], await AllSids());
    }

    [Fact]
    public async Task What_was_set_in_the_middle_of_a_conditional_set_is_not_overwritten()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        var expected = Interrupting(() => Start(Store.SetAsync("a", Record("\"n\":2"), Cancel)));
        Assert.Equal(ConditionalSetResult.Changed, await Store.TrySetAsync("a", Record("\"n\":3"), expected, Cancel));
        Assert.Equal(Payload("\"n\":2"), Json(await Store.GetAsync("a", Cancel)));
    }

    [Fact]
    public async Task A_touch_in_the_middle_of_a_conditional_set_does_not_stop_it()
    {
        await Store.SetAsync("a", Record("\"n\":1"), Cancel);
        var expected = Interrupting(() => Start(Store.TouchAsync("a", Raw("""{"cookie":{"path":"/x"}}"""), Cancel).AsTask()));
        Assert.Equal(ConditionalSetResult.Stored, await Store.TrySetAsync("a", Record("\"n\":3"), expected, Cancel));
        Assert.Equal(Payload("\"n\":3"), Json(await Store.GetAsync("a", Cancel)));
    }

    private static SessionRecord Interrupting(Action interrupt) =>
        SessionRecord.TakeOwnership(
            new InterruptingMemory(Encoding.UTF8.GetBytes("""{"cookie":{"path":"/new"},"n":1}"""), interrupt).Memory,
            expires: null
        );

    private static void Start(ValueTask operation) => Assert.True(operation.IsCompletedSuccessfully);

    private static void Start(Task operation) => Assert.True(operation.IsCompletedSuccessfully);
}
