using System.Text;
using Session.Testing;

namespace Session.Stores.Postgres.Tests;

public sealed class ContractTests(SharedPostgres shared)
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_set_is_read_with_its_bytes_and_its_expiry()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        var record = database.Record("é 😀 \\u0000 \\ud800");
        await store.SetAsync("a", record, Cancel);

        var read = await store.GetAsync("a", Cancel);
        Assert.NotNull(read);
        Assert.Equal(record.Payload, read.Payload);
        Assert.Equal(record.Expires, read.Expires);
    }

    [Theory]
    [InlineData("", SessionPayloadError.Malformed)]
    [InlineData("{\"cookie\":{}", SessionPayloadError.Malformed)]
    [InlineData("[]", SessionPayloadError.NotAnObject)]
    [InlineData("{\"a\":1}", SessionPayloadError.NoCookie)]
    [InlineData("\ufeff{\"cookie\":{}}", SessionPayloadError.ByteOrderMark)]
    public async Task Bytes_that_are_no_session_are_refused_before_anything_is_written(string payload, SessionPayloadError reason)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        var record = new SessionRecord(Encoding.UTF8.GetBytes(payload), database.Clock.GetUtcNow().AddHours(1));
        var error = await Assert.ThrowsAsync<SessionPayloadException>(async () => await store.SetAsync("a", record, Cancel));
        Assert.Equal(reason, error.Error);
        await Assert.ThrowsAsync<SessionPayloadException>(async () => await store.TrySetAsync("a", record, null, Cancel));
        Assert.False(await database.QueryAsync<bool>("SELECT to_regclass('session') IS NOT NULL"));
        await store.SetAsync("a", database.Record("old"), Cancel);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("new"), record, Cancel));
    }

    [Fact]
    public async Task A_large_payload_comes_back_whole()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        var payload = TestDatabase.Payload(new string('x', 4 * 1024 * 1024));
        await store.SetAsync("a", new SessionRecord(payload, null), Cancel);
        Assert.True((await store.GetAsync("a", Cancel))!.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task A_fraction_of_a_second_never_ends_a_session_early_and_is_rounded_up()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        foreach (var ticks in new[] { 1L, 5, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond - 1 })
        {
            await store.SetAsync("a", database.Record(life: TimeSpan.FromTicks(ticks)), Cancel);
            Assert.Equal(database.Clock.GetUtcNow().AddSeconds(1), (await store.GetAsync("a", Cancel))!.Expires);
        }

        database.Clock.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.NotNull(await store.GetAsync("a", Cancel));
        database.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_record_without_expiry_lives_for_the_default_lifetime_after_set_and_after_touch()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        var record = new SessionRecord(TestDatabase.Payload("a"), null);
        await store.SetAsync("a", record, Cancel);
        Assert.Equal(database.Clock.GetUtcNow().AddDays(1), (await store.GetAsync("a", Cancel))!.Expires);

        database.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await store.TouchAsync("a", record, Cancel));
        Assert.Equal(database.Clock.GetUtcNow().AddDays(1), (await store.GetAsync("a", Cancel))!.Expires);
    }

    [Fact]
    public async Task The_most_distant_expiry_and_the_longest_default_lifetime_are_no_overflow()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store(options => options.DefaultLifetime = TimeSpan.MaxValue);
        await store.SetAsync("a", new SessionRecord(TestDatabase.Payload("a"), DateTimeOffset.MaxValue), Cancel);
        await store.SetAsync("b", new SessionRecord(TestDatabase.Payload("b"), null), Cancel);
        Assert.Equal(2, (await store.AllAsync(Cancel).ToListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Sids_are_told_apart_ordinally_and_kept_literally()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        string[] sids =
        [
            "a", "A", "a ", "1", "01", "1.0", "1e0", "é", "e\u0301", "'; DROP TABLE session; --", "\"", "%", "_", "$1", "\u0001", "😀",
            "\uffff", new string('x', Sid.MaxLength), new string('\uffff', Sid.MaxLength),
        ];
        foreach (var sid in sids)
        {
            await store.SetAsync(sid, new SessionRecord(Numbered(sids, sid), null), Cancel);
        }

        foreach (var sid in sids)
        {
            Assert.Equal(Numbered(sids, sid), (await store.GetAsync(sid, Cancel))!.Payload.ToArray());
        }

        var all = await store.AllAsync(Cancel).ToListAsync(Cancel);
        Assert.Equal(sids.Order(StringComparer.Ordinal), all.Select(entry => entry.Sid).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "\0")]
    [InlineData("a", "lone surrogate")]
    public async Task An_invalid_sid_is_refused_before_anything_is_connected(string start, string end)
    {
        // A test case cannot carry a lone surrogate.
        var sid = start + (end == "lone surrogate" ? "\ud800" : end);
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        var record = database.Record();
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.GetAsync(sid, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetAsync(sid, record, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TouchAsync(sid, record, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.DestroyAsync(sid, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TrySetAsync(sid, record, null, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.SetAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TouchAsync("a", null!, Cancel));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.TrySetAsync("a", null!, null, Cancel));
        Assert.False(await database.QueryAsync<bool>("SELECT to_regclass('session') IS NOT NULL"));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var store = database.Store();
        await store.SetAsync("a", database.Record("old"), Cancel);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.SetAsync("a", database.Record("new"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.DestroyAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ClearAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PruneAsync(1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.OpenAsync(cancelled));
        Assert.Equal(TestDatabase.Payload("old"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    private static byte[] Numbered(string[] sids, string sid) => TestDatabase.Payload($"{Array.IndexOf(sids, sid)}");
}
