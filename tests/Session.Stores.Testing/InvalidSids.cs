namespace ServerSessions.Stores.Testing;

public static class InvalidSids
{
    /// <param name="end">"lone surrogate" for one: a test case cannot carry it.</param>
    public static async Task AreRefusedAsync<TStore>(TStore store, string start, string end)
        where TStore : ITouchableSessionStore, IConditionalSessionStore
    {
        var cancel = TestContext.Current.CancellationToken;
        var sid = start + (end == "lone surrogate" ? "\ud800" : end);
        var record = new SessionRecord(StorePlace.Payload("a"), null);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.GetAsync(sid, cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetAsync(sid, record, cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TouchAsync(sid, record, cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.DestroyAsync(sid, cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TrySetAsync(sid, record, null, cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.SetAsync("a", null!, cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TouchAsync("a", null!, cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TrySetAsync("a", null!, null, cancel));
    }
}
