using System.Text;
using ServerSessions.Payload;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>In the table of the Node package.</summary>
public abstract class RelationalContractTests<TDatabase, TStore, TOptions>(Func<Task<TDatabase>> newPlace)
    : ContractTests<TDatabase, TStore>(newPlace, defaultLifetime: TimeSpan.FromDays(1))
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    [Theory]
    [InlineData("", SessionPayloadError.Malformed)]
    [InlineData("{\"cookie\":{}", SessionPayloadError.Malformed)]
    [InlineData("[]", SessionPayloadError.NotAnObject)]
    [InlineData("{\"a\":1}", SessionPayloadError.NoCookie)]
    [InlineData("\ufeff{\"cookie\":{}}", SessionPayloadError.ByteOrderMark)]
    public async Task Bytes_that_are_no_session_are_refused_before_anything_is_written(string payload, SessionPayloadError reason)
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        var record = new SessionRecord(Encoding.UTF8.GetBytes(payload), database.Clock.GetUtcNow().AddHours(1));
        var error = await Assert.ThrowsAsync<SessionPayloadException>(async () => await store.SetAsync("a", record, Cancel));
        Assert.Equal((reason, Backend, SessionStoreOperation.Set), (error.Error, error.Backend, error.Operation));
        error = await Assert.ThrowsAsync<SessionPayloadException>(async () => await store.TrySetAsync("a", record, null, Cancel));
        Assert.Equal((Backend, SessionStoreOperation.TrySet), (error.Backend, error.Operation));
        Assert.Equal(0, await database.TablesAsync());
        await store.SetAsync("a", database.Record("old"), Cancel);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("new"), record, Cancel));
    }

    [Fact]
    public async Task A_fraction_of_a_second_never_ends_a_session_early_and_is_rounded_up()
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
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

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "\0")]
    [InlineData("a", "lone surrogate")]
    public async Task An_invalid_sid_is_refused_before_anything_is_connected(string start, string end)
    {
        await using var database = await NewPlaceAsync();
        await InvalidSids.AreRefusedAsync(database.NewStore(), start, end);
        Assert.Equal(0, await database.TablesAsync());
    }

    /// <summary>What errors name the backend.</summary>
    protected abstract string Backend { get; }

    protected override TStore NewStore(TDatabase place, TimeSpan defaultLifetime) =>
        place.StoreWith(new StoreSettings { DefaultLifetime = defaultLifetime });
}
