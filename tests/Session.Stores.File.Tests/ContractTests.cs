namespace Session.Stores.File.Tests;

public sealed class ContractTests
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_set_is_read_with_its_bytes_and_its_expiry()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var record = folder.Record("é 😀 \\u0000 \\ud800");
        await store.SetAsync("a", record, Cancel);

        var read = await store.GetAsync("a", Cancel);
        Assert.NotNull(read);
        Assert.Equal(record.Payload, read.Payload);
        Assert.Equal(record.Expires, read.Expires);
    }

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
        await Assert.ThrowsAsync<SessionPayloadException>(async () => await store.SetAsync("a", bad, Cancel));
        await Assert.ThrowsAsync<SessionPayloadException>(async () => await store.TrySetAsync("a", bad, folder.Record("old"), Cancel));
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
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync("a", new SessionRecord(payload, null), Cancel));
        Assert.Contains("larger than", error.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_large_payload_comes_back_whole()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var payload = TestFolder.Payload(new string('x', 4 * 1024 * 1024));
        await store.SetAsync("a", new SessionRecord(payload, null), Cancel);
        Assert.True((await store.GetAsync("a", Cancel))!.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task A_fraction_of_a_millisecond_never_ends_a_session_early()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("a", folder.Record(life: TimeSpan.FromTicks(5)), Cancel);
        folder.Clock.Advance(TimeSpan.FromTicks(4));
        Assert.NotNull(await store.GetAsync("a", Cancel));
        folder.Clock.Advance(OneMillisecond);
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_record_without_expiry_lives_for_the_default_lifetime_after_set_and_after_touch()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        var record = new SessionRecord(TestFolder.Payload("a"), null);
        await store.SetAsync("a", record, Cancel);
        Assert.Equal(folder.Clock.GetUtcNow().AddHours(1), (await store.GetAsync("a", Cancel))!.Expires);

        folder.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.True(await store.TouchAsync("a", record, Cancel));
        Assert.Equal(folder.Clock.GetUtcNow().AddHours(1), (await store.GetAsync("a", Cancel))!.Expires);
    }

    [Fact]
    public async Task The_most_distant_expiry_and_the_longest_default_lifetime_are_no_overflow()
    {
        await using var folder = new TestFolder();
        var store = folder.Store(options => options.DefaultLifetime = TimeSpan.MaxValue);
        await store.SetAsync("a", new SessionRecord(TestFolder.Payload("a"), DateTimeOffset.MaxValue), Cancel);
        await store.SetAsync("b", new SessionRecord(TestFolder.Payload("b"), null), Cancel);
        Assert.Equal(2, (await store.AllAsync(Cancel).ToListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Sids_are_told_apart_ordinally_and_kept_literally()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        string[] sids =
        [
            "a", "A", "a ", "1", "01", "1.0", "1e0", "é", "e\u0301", "../a", "/etc/passwd", "a/b", "a\\b", ".", "..", "a.json", "~", "CON", "con", "Nul", "lpt1", "\"", "%", "_", "?1", "\u0001", "😀",
            "\uffff", new string('x', Sid.MaxLength), new string('\uffff', Sid.MaxLength),
        ];
        foreach (var sid in sids)
        {
            await store.SetAsync(sid, new SessionRecord(Named(sid), null), Cancel);
        }

        foreach (var sid in sids)
        {
            Assert.Equal(Named(sid), (await store.GetAsync(sid, Cancel))!.Payload.ToArray());
        }

        var all = await store.AllAsync(Cancel).ToListAsync(Cancel);
        Assert.Equal(sids.Order(StringComparer.Ordinal), all.Select(entry => entry.Sid).Order(StringComparer.Ordinal));
    }

    private static byte[] Named(string sid) =>
        [.. "{\"cookie\":{},\"id\":"u8, .. System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(sid), (byte)'}'];

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "\0")]
    [InlineData("a", "lone surrogate")]
    public async Task An_invalid_sid_is_refused_before_anything_is_opened(string start, string end)
    {
        // A test case cannot carry a lone surrogate.
        var sid = start + (end == "lone surrogate" ? "\ud800" : end);
        await using var folder = new TestFolder();
        var store = folder.Store();
        var record = folder.Record();
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.GetAsync(sid, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetAsync(sid, record, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TouchAsync(sid, record, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.DestroyAsync(sid, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TrySetAsync(sid, record, null, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.SetAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TouchAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TrySetAsync("a", null!, null, Cancel));
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("a", folder.Record("old"), Cancel);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.SetAsync("a", folder.Record("new"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.DestroyAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ClearAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PruneAsync(1, cancelled));
        Assert.Equal(TestFolder.Payload("old"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }
}
