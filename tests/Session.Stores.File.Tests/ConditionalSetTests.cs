namespace ServerSessions.Stores.File.Tests;

public sealed class ConditionalSetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_expected_is_compared_without_the_cookie_that_a_touch_rewrites()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        static SessionRecord Of(string cookie, int n) =>
            new(System.Text.Encoding.UTF8.GetBytes($$"""{"cookie":{{cookie}},"n":{{n}}}"""), null);
        await store.SetAsync("a", Of("""{"originalMaxAge":60000}""", 1), Cancel);
        await store.TouchAsync("a", Of("""{"originalMaxAge":70000,"path":"/x"}""", 9), Cancel);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", Of("{}", 2), Of("{}", 9), Cancel));
        Assert.Equal(
            ConditionalSetResult.Changed,
            await store.TrySetAsync("a", Of("{}", 2), new SessionRecord("no session"u8, null), Cancel)
        );
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", Of("{}", 2), Of("{}", 1), Cancel));
    }
}
