using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Tests;

public sealed class ContractTests()
    : ContractTests<TestFolder, FileSessionStore>(TestFolder.CreateAsync, defaultLifetime: TimeSpan.FromHours(1))
{
    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"cookie\":1}")]
    [InlineData("{\"cookie\":{}")]
    [InlineData("{\"cookie\":{}}x")]
    [InlineData("\uFEFF{\"cookie\":{}}")]
    [InlineData("{\"cookie\":{\"originalMaxAge\":\"60000\"}}")]
    public async Task Bytes_that_are_no_session_are_refused_before_anything_is_written(string payload)
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("a", folder.Record("old"), Cancel);
        var bad = new SessionRecord(System.Text.Encoding.UTF8.GetBytes(payload), null);
        var error = await Assert.ThrowsAsync<SessionPayloadException>(async () => await store.SetAsync("a", bad, Cancel));
        Assert.Equal(("File", SessionStoreOperation.Set), (error.Backend, error.Operation));
        error = await Assert.ThrowsAsync<SessionPayloadException>(async () =>
            await store.TrySetAsync("a", bad, folder.Record("old"), Cancel)
        );
        Assert.Equal(("File", SessionStoreOperation.TrySet), (error.Backend, error.Operation));
        await Assert.ThrowsAsync<SessionPayloadException>(async () => await store.SetAsync("b", bad, Cancel));
        Assert.Equal(["a.json"], folder.Names);
        Assert.Equal(TestFolder.Payload("old"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    [Theory]
    [InlineData("{ \"cookie\" : { } , \"a\" : 1 }\n")]
    [InlineData("{\"a\":1,\"cookie\":{},\"a\":2}")]
    [InlineData("{\"cookie\":{},\"a\":\",\\\"__lastAccess\\\":7\"}")]
    [InlineData("{\"cookie\":{},\"n\":{\"x\":1,\"__lastAccess\":7}}")]
    [InlineData("{\"cookie\":{},\"n\":{\"x\":1,\"__sid\":\"b\"}}")]
    [InlineData("{\"cookie\":{},\"__sid\":\"b\"}")]
    [InlineData("{\"cookie\":{},\"s\":\"\\ud800 \u2028 😀\",\"n\":9007199254740993,\"e\":1E+21}")]
    public async Task Every_byte_of_a_session_comes_back_whatever_stands_in_it(string payload)
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var bytes = System.Text.Encoding.UTF8.GetBytes(payload);
        foreach (var sid in new[] { "plain", "hashed id" })
        {
            await store.SetAsync(sid, new SessionRecord(bytes, null), Cancel);
            Assert.Equal(bytes, (await store.GetAsync(sid, Cancel))!.Payload.ToArray());
        }
    }

    [Fact]
    public async Task A_session_larger_than_the_limit_is_refused_before_anything_is_written()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.OpenAsync(Cancel);
        var payload = TestFolder.Payload(new string('x', 64 * 1024 * 1024));
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await store.SetAsync("a", new SessionRecord(payload, null), Cancel)
        );
        Assert.Contains("larger than", error.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public Task A_fraction_of_a_millisecond_never_ends_a_session_early() => AssertLivesForAFractionOfAMillisecondAsync();

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "\0")]
    [InlineData("a", "lone surrogate")]
    public async Task An_invalid_sid_is_refused_before_anything_is_opened(string start, string end)
    {
        await using var folder = new TestFolder();
        await InvalidSids.AreRefusedAsync(folder.Store(), start, end);
        Assert.False(Directory.Exists(folder.Path));
    }

    protected override FileSessionStore NewStore(TestFolder folder, TimeSpan defaultLifetime) =>
        folder.Store(options => options.DefaultLifetime = defaultLifetime);
}
