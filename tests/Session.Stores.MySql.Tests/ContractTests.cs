using System.Text;
using ServerSessions.Payload;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>In the table of express-mysql-session.</summary>
public sealed class ContractTests(SharedMySql shared)
    : ContractTests<TestDatabase, MySqlSessionStore>(() => TestDatabase.CreateAsync(shared), defaultLifetime: TimeSpan.FromDays(1))
{
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
        Assert.Equal((reason, "MySQL", SessionStoreOperation.Set), (error.Error, error.Backend, error.Operation));
        error = await Assert.ThrowsAsync<SessionPayloadException>(async () => await store.TrySetAsync("a", record, null, Cancel));
        Assert.Equal(("MySQL", SessionStoreOperation.TrySet), (error.Backend, error.Operation));
        Assert.Equal(0, await database.TablesAsync());
        await store.SetAsync("a", database.Record("old"), Cancel);
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("new"), record, Cancel));
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

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "\0")]
    [InlineData("a", "lone surrogate")]
    public async Task An_invalid_sid_is_refused_before_anything_is_connected(string start, string end)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await InvalidSids.AreRefusedAsync(database.Store(), start, end);
        Assert.Equal(0, await database.TablesAsync());
    }

    protected override MySqlSessionStore NewStore(TestDatabase database, TimeSpan defaultLifetime) =>
        database.Store(options => options.DefaultLifetime = defaultLifetime);

    protected override bool Holds(string sid) => sid.Length <= 128 && !sid.EndsWith(' ');
}

/// <summary>In a table of the store's own form.</summary>
public sealed class BinaryContractTests(SharedMySql shared)
    : ContractTests<TestDatabase, MySqlSessionStore>(
        () => TestDatabase.CreateAsync(shared, MySqlSessionFormat.Binary),
        defaultLifetime: TimeSpan.FromDays(1)
    )
{
    [Fact]
    public Task A_lifetime_of_less_than_a_millisecond_is_not_lost() => AssertLivesForAFractionOfAMillisecondAsync();

    protected override MySqlSessionStore NewStore(TestDatabase database, TimeSpan defaultLifetime) =>
        database.Store(options => options.DefaultLifetime = defaultLifetime);
}
