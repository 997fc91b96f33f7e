namespace ServerSessions.Tests;

public sealed class SessionStoreTests
{
    [Fact]
    public void The_events_of_a_store_with_three_methods_can_be_subscribed_and_left()
    {
        ISessionStore store = new MinimalStore();
        EventHandler handler = static (_, _) => Assert.Fail("No event is ever raised.");
        store.Connected += handler;
        store.Disconnected += handler;
        store.Connected -= handler;
        store.Disconnected -= handler;
    }

    [Fact]
    public void A_store_with_three_methods_has_no_further_capability()
    {
        ISessionStore store = new MinimalStore();
        Assert.False(store is ITouchableSessionStore or IEnumerableSessionStore or IConditionalSessionStore or IPrunableSessionStore);
    }

    private sealed class MinimalStore : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) => default;

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) => default;

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => default;
    }
}
