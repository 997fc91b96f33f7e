namespace Session.Stores.File.Tests;

public sealed class ConditionalSetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Expecting_nothing_stores_only_where_the_session_is_absent()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", folder.Record("first"), null, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", folder.Record("second"), null, Cancel));
        Assert.Equal(TestFolder.Payload("first"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task Expecting_nothing_replaces_what_has_expired()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("a", folder.Record("old", TimeSpan.FromSeconds(1)), Cancel);
        folder.Clock.Advance(TimeSpan.FromSeconds(1));
        var expired = new SessionRecord(TestFolder.Payload("old"), null);
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", folder.Record("new"), expired, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", folder.Record("new"), null, Cancel));
        Assert.Equal(TestFolder.Payload("new"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task What_was_expected_is_compared_without_the_cookie_that_a_touch_rewrites()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        static SessionRecord Of(string cookie, int n) => new(System.Text.Encoding.UTF8.GetBytes($$"""{"cookie":{{cookie}},"n":{{n}}}"""), null);
        await store.SetAsync("a", Of("""{"originalMaxAge":60000}""", 1), Cancel);
        await store.TouchAsync("a", Of("""{"originalMaxAge":70000,"path":"/x"}""", 9), Cancel);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", Of("{}", 2), Of("{}", 9), Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", Of("{}", 2), new SessionRecord("no session"u8, null), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", Of("{}", 2), Of("{}", 1), Cancel));
    }

    [Fact]
    public async Task What_was_read_or_stored_is_recognized_and_a_touch_is_no_change()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var stored = folder.Record("1");
        await store.SetAsync("a", stored, Cancel);
        var read = await store.GetAsync("a", Cancel);
        await store.TouchAsync("a", folder.Record(life: TimeSpan.FromHours(5)), Cancel);

        var second = folder.Record("2");
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", second, read, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", folder.Record("3"), stored, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", folder.Record("3"), second, Cancel));
        var last = await store.GetAsync("a", Cancel);
        Assert.Equal(TestFolder.Payload("3"), last!.Payload.ToArray());
        Assert.Equal(folder.Clock.GetUtcNow().AddMinutes(10), last.Expires);
    }

    [Fact]
    public async Task After_destroy_it_is_missing_and_stays_so()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("a", folder.Record(), Cancel);
        var read = await store.GetAsync("a", Cancel);
        await store.DestroyAsync("a", Cancel);
        Assert.Equal(ConditionalSetResult.Missing, await store.TrySetAsync("a", folder.Record("new"), read, Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_stored_record_that_is_not_in_the_future_ends_the_session()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("a", folder.Record(), Cancel);
        var read = await store.GetAsync("a", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", folder.Record("b", TimeSpan.Zero), read, Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", folder.Record("c", TimeSpan.Zero), null, Cancel));
        Assert.Null(await store.GetAsync("a", Cancel));
    }
}
