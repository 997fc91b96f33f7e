namespace ServerSessions.Conformance;

/// <summary>A call of one operation, which returns its result as a text.</summary>
internal sealed record StoreCall(string What, Func<CancellationToken, Task<string>> Make);

/// <summary>A call of each operation that a store has, for cases whose rule is about all of them.</summary>
internal static class StoreCalls
{
    /// <summary>The calls; those that end the session are the last ones.</summary>
    /// <param name="t">The case.</param>
    /// <param name="sid">A session that is there.</param>
    public static IReadOnlyList<StoreCall> Of(CaseContext t, string sid)
    {
        var (store, record) = (t.Store, t.Record(CaseContext.Hour));
        var calls = new List<StoreCall>
        {
            new("get", async token => Words(await store.GetAsync(sid, token))),
            new("set", token => DoneAsync(store.SetAsync(sid, record, token))),
        };
        if (store.Raw is ITouchableSessionStore)
        {
            calls.Add(new("touch", async token => $"{await store.TouchAsync(sid, record, token)}"));
        }

        if (store.Raw is IGetAndTouchSessionStore)
        {
            calls.Add(
                new("get and touch", async token => Words((await store.GetAndTouchAsync(sid, default, record.Expires, token)).Record))
            );
        }

        if (store.Raw is IConditionalSessionStore)
        {
            calls.Add(new("try-set", async token => $"{await store.TrySetAsync(sid, record, record, token)}"));
        }

        if (store.Raw is IPrunableSessionStore)
        {
            calls.Add(new("prune", async token => $"{await store.PruneAsync(1, token)}"));
        }

        if (store.Raw is IEnumerableSessionStore)
        {
            calls.Add(new("all", async token => $"{(await store.ListAsync(token)).Count} sessions"));
            calls.Add(new("length", async token => $"{await store.LengthAsync(token)}"));
        }

        calls.Add(new("destroy", token => DoneAsync(store.DestroyAsync(sid, token))));
        if (store.Raw is IEnumerableSessionStore)
        {
            calls.Add(new("clear", token => DoneAsync(store.ClearAsync(token))));
        }

        return calls;
    }

    private static string Words(SessionRecord? record) => record is null ? "absent" : "a session";

    private static async Task<string> DoneAsync(Task call)
    {
        await call;
        return "it succeeds";
    }
}
