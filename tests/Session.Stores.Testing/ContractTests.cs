namespace ServerSessions.Stores.Testing;

/// <param name="defaultLifetime">How long a record without expiry lives where no option says so.</param>
public abstract class ContractTests<TPlace, TStore>(Func<Task<TPlace>> newPlace, TimeSpan defaultLifetime)
    : StoreTests<TPlace, TStore>(newPlace)
    where TPlace : StorePlace<TStore>
    where TStore : class, ITouchableSessionStore, IConditionalSessionStore, IEnumerableSessionStore, IDisposable, IAsyncDisposable
{
    /// <summary>Contents of SQL, patterns, paths and queries among them: whatever a backend might take for more than a name.</summary>
    private static readonly string[] Sids =
    [
        "a",
        "A",
        "a ",
        "1",
        "01",
        "1.0",
        "1e0",
        "é",
        "e\u0301",
        "\"",
        "%",
        "_",
        "?",
        "?1",
        "$1",
        "\u0001",
        "\r\n",
        "😀",
        "\uffff",
        "'; DROP TABLE sessions; --",
        "'; DROP TABLE session; --",
        "'; FLUSHALL; --",
        "*",
        "[a]",
        "\\",
        "{a}",
        "{b}a",
        "{\"$ne\":null}",
        "$where",
        "a.b",
        "$",
        "../a",
        "/etc/passwd",
        "a/b",
        "a\\b",
        ".",
        "..",
        "a.json",
        "~",
        "CON",
        "con",
        "Nul",
        "lpt1",
        new('x', Sid.MaxLength),
        new('\uffff', Sid.MaxLength),
    ];

    [Fact]
    public async Task What_was_set_is_read_with_its_bytes_and_its_expiry()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        var record = place.Record("é 😀 \\u0000 \\ud800");
        await store.SetAsync("a", record, Cancel);

        var read = await store.GetAsync("a", Cancel);
        Assert.NotNull(read);
        Assert.Equal(record.Payload, read.Payload);
        AssertExpires(record.Expires!.Value, read);
    }

    [Fact]
    public async Task A_large_payload_comes_back_whole()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        var payload = StorePlace.Payload(new string('x', 4 * 1024 * 1024));
        await store.SetAsync("a", new SessionRecord(payload, null), Cancel);
        Assert.True((await store.GetAsync("a", Cancel))!.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task A_record_without_expiry_lives_for_the_default_lifetime_after_set_and_after_touch()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        var record = new SessionRecord(StorePlace.Payload("a"), null);
        await store.SetAsync("a", record, Cancel);
        AssertExpires(place.Clock.GetUtcNow() + defaultLifetime, await store.GetAsync("a", Cancel));

        await store.TouchAsync("a", place.Record(), Cancel);
        place.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True(await store.TouchAsync("a", record, Cancel));
        AssertExpires(place.Clock.GetUtcNow() + defaultLifetime, await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task The_most_distant_expiry_and_the_longest_default_lifetime_are_no_overflow()
    {
        await using var place = await NewPlaceAsync();
        var store = NewStore(place, TimeSpan.MaxValue);
        var distant = new SessionRecord(StorePlace.Payload("a"), DateTimeOffset.MaxValue);
        await store.SetAsync("a", distant, Cancel);
        await store.SetAsync("b", new SessionRecord(StorePlace.Payload("b"), null), Cancel);
        Assert.True(await store.TouchAsync("a", distant, Cancel));
        Assert.Equal(2, (await store.AllAsync(Cancel).ToListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Sids_are_told_apart_ordinally_and_kept_literally()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        var held = Sids.Where(Holds).ToArray();
        foreach (var sid in held)
        {
            await store.SetAsync(sid, new SessionRecord(Named(sid), null), Cancel);
        }

        foreach (var sid in Sids.Except(held))
        {
            await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync(sid, place.Record(), Cancel));
            await Assert.ThrowsAsync<SessionStoreException>(async () => await store.TrySetAsync(sid, place.Record(), null, Cancel));
            Assert.Null(await store.GetAsync(sid, Cancel));
            Assert.False(await store.TouchAsync(sid, place.Record(), Cancel));
            await store.DestroyAsync(sid, Cancel);
        }

        foreach (var sid in held)
        {
            Assert.Equal(Named(sid), (await store.GetAsync(sid, Cancel))!.Payload.ToArray());
            Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync(sid, place.Record(), null, Cancel));
        }

        var all = await store.AllAsync(Cancel).ToListAsync(Cancel);
        Assert.Equal(held.Order(StringComparer.Ordinal), all.Select(entry => entry.Sid).Order(StringComparer.Ordinal));
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        await store.SetAsync("a", place.Record("old"), Cancel);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await place.OpenAsync(store, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.SetAsync("a", place.Record("new"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.TouchAsync("a", place.Record(), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await store.TrySetAsync("a", place.Record("new"), place.Record("old"), cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.DestroyAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ClearAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.LengthAsync(cancelled));
        if (store is IPrunableSessionStore prunable)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await prunable.PruneAsync(1, cancelled));
        }

        Assert.Equal(StorePlace.Payload("old"), (await store.GetAsync("a", Cancel))!.Payload.ToArray());
    }

    protected abstract TStore NewStore(TPlace place, TimeSpan defaultLifetime);

    /// <summary>Whether what lies at rest can hold this id exactly. Where it cannot, a write is refused and nothing is found.</summary>
    protected virtual bool Holds(string sid) => true;

    protected virtual void AssertExpires(DateTimeOffset expected, SessionRecord? read) => Assert.Equal(expected, read?.Expires);

    /// <summary>For stores that need not understand what they hold.</summary>
    protected async Task AssertHoldsAsync(byte[] payload)
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        var record = new SessionRecord(payload, place.Clock.GetUtcNow().AddHours(1));
        await store.SetAsync("a", record, Cancel);
        Assert.Equal(payload, (await store.GetAsync("a", Cancel))!.Payload.ToArray());
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", place.Record("next"), record, Cancel));
    }

    /// <summary>For stores that keep an expiry in milliseconds and ask the clock of the test.</summary>
    protected async Task AssertLivesForAFractionOfAMillisecondAsync()
    {
        await using var place = await NewPlaceAsync();
        var store = place.NewStore();
        await store.SetAsync("a", place.Record(life: TimeSpan.FromTicks(5)), Cancel);
        place.Clock.Advance(TimeSpan.FromTicks(4));
        Assert.NotNull(await store.GetAsync("a", Cancel));
        place.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await store.GetAsync("a", Cancel));
    }

    private static byte[] Named(string sid) =>
        [.. "{\"cookie\":{},\"id\":"u8, .. System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(sid), (byte)'}'];
}
