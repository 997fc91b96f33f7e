using MongoDB.Driver;
using Session.Testing;

namespace Session.Stores.Mongo.Tests;

public sealed class ContractTests(SharedMongoOrSubstitute shared)
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_set_is_read_with_its_bytes_and_its_expiry()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        var record = mongo.Record("é 😀 \\u0000 \\ud800");
        await store.SetAsync("a", record, Cancel);

        var read = await store.GetAsync("a", Cancel);
        Assert.NotNull(read);
        Assert.Equal(record.Payload, read.Payload);
        Assert.Equal(record.Expires, read.Expires);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b' })]
    [InlineData(new byte[] { 0xff, 0xfe, 0x80 })]
    public async Task A_store_holds_bytes_and_does_not_understand_them(byte[] payload)
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        var record = new SessionRecord(payload, mongo.Clock.GetUtcNow().AddHours(1));
        await store.SetAsync("a", record, Cancel);
        Assert.Equal(payload, (await store.GetAsync("a", Cancel))!.Payload.ToArray());
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", mongo.Record("next"), record, Cancel));
    }

    [Fact]
    public async Task A_large_payload_comes_back_whole()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        var payload = TestMongo.Payload(new string('x', 4 * 1024 * 1024));
        await store.SetAsync("a", new SessionRecord(payload, null), Cancel);
        Assert.True((await store.GetAsync("a", Cancel))!.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task A_fraction_of_a_millisecond_never_ends_a_session_early()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record(life: TimeSpan.FromTicks(5)), Cancel);
        mongo.Clock.Advance(TimeSpan.FromTicks(4));
        Assert.NotNull(await store.GetAsync("a", Cancel));
        mongo.Clock.Advance(OneMillisecond);
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_record_without_expiry_lives_for_the_default_lifetime_after_set_and_after_touch()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        var record = new SessionRecord(TestMongo.Payload("a"), null);
        await store.SetAsync("a", record, Cancel);
        Assert.Equal(mongo.Clock.GetUtcNow().AddDays(14), (await store.GetAsync("a", Cancel))!.Expires);

        mongo.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await store.TouchAsync("a", record, Cancel));
        Assert.Equal(mongo.Clock.GetUtcNow().AddDays(14), (await store.GetAsync("a", Cancel))!.Expires);
    }

    [Fact]
    public async Task The_most_distant_expiry_and_the_longest_default_lifetime_are_no_overflow()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store(options => options.DefaultLifetime = TimeSpan.MaxValue);
        await store.SetAsync("a", new SessionRecord(TestMongo.Payload("a"), DateTimeOffset.MaxValue), Cancel);
        await store.SetAsync("b", new SessionRecord(TestMongo.Payload("b"), null), Cancel);
        Assert.Equal(2, (await store.AllAsync(Cancel).ToListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Sids_are_told_apart_ordinally_and_kept_literally()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        string[] sids =
        [
            "a", "A", "a ", "1", "01", "1.0", "1e0", "é", "e\u0301", "{\"$ne\":null}", "$where", "a.b", "$", "\"", "%", "_", "\u0001", "😀",
            "\uffff", new string('x', Sid.MaxLength), new string('\uffff', Sid.MaxLength),
        ];
        foreach (var sid in sids)
        {
            await store.SetAsync(sid, new SessionRecord(System.Text.Encoding.UTF8.GetBytes(sid), null), Cancel);
        }

        foreach (var sid in sids)
        {
            Assert.Equal(System.Text.Encoding.UTF8.GetBytes(sid), (await store.GetAsync(sid, Cancel))!.Payload.ToArray());
        }

        var all = await store.AllAsync(Cancel).ToListAsync(Cancel);
        Assert.Equal(sids.Order(StringComparer.Ordinal), all.Select(entry => entry.Sid).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "\0")]
    [InlineData("a", "lone surrogate")]
    public async Task An_invalid_sid_is_refused_before_anything_is_opened(string start, string end)
    {
        // A test case cannot carry a lone surrogate.
        var sid = start + (end == "lone surrogate" ? "\ud800" : end);
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        var record = mongo.Record();
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.GetAsync(sid, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetAsync(sid, record, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TouchAsync(sid, record, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.DestroyAsync(sid, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TrySetAsync(sid, record, null, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.SetAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TouchAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TrySetAsync("a", null!, null, Cancel));
        var names = await (await mongo.Database.ListCollectionNamesAsync(null, Cancel)).ToListAsync(Cancel);
        Assert.Empty(names);
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record("old"), Cancel);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.SetAsync("a", mongo.Record("new"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.DestroyAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ClearAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PruneAsync(1, cancelled));
        Assert.Equal(TestMongo.Payload("old"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }
}
