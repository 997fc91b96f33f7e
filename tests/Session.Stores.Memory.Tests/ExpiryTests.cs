namespace ServerSessions.Stores.Memory.Tests;

public sealed class ExpiryTests : MemoryStoreTest
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task A_session_lives_until_one_tick_before_its_expiry()
    {
        await Store.SetAsync("a", Record("\"n\":1", TimeSpan.FromSeconds(10)), Cancel);

        Time.Advance(TimeSpan.FromSeconds(10) - Tick);
        Assert.NotNull(await Store.GetAsync("a", Cancel));
        Assert.Equal(1, await Store.LengthAsync(Cancel));
        Assert.Equal(["a"], await AllSids());

        Time.Advance(Tick);
        Assert.Equal([], await AllSids());
        Assert.Equal(0, await Store.LengthAsync(Cancel));
        Assert.Null(await Store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_record_without_expiry_gets_the_default_lifetime_of_a_day()
    {
        await Store.SetAsync("set", Raw(Payload("\"n\":1")), Cancel);
        await Store.TrySetAsync("tried", Raw(Payload("\"n\":1")), null, Cancel);

        Assert.Equal(Now + TimeSpan.FromDays(1), (await Store.GetAsync("set", Cancel))!.Expires);
        Assert.Equal(Now + TimeSpan.FromDays(1), (await Store.GetAsync("tried", Cancel))!.Expires);
    }

    [Fact]
    public async Task A_default_lifetime_beyond_the_calendar_ends_with_it()
    {
        using var store = new MemorySessionStore(new MemorySessionStoreOptions { DefaultLifetime = TimeSpan.MaxValue }, Time);
        await store.SetAsync("a", Raw(Payload("\"n\":1")), Cancel);
        Assert.Equal(DateTimeOffset.MaxValue, (await store.GetAsync("a", Cancel))!.Expires);
    }

    [Fact]
    public async Task The_expiry_in_the_payload_is_not_looked_at()
    {
        var payload = """{"cookie":{"originalMaxAge":1000,"expires":"2001-01-01T00:00:00.000Z","httpOnly":true,"path":"/"}}""";
        await Store.SetAsync("a", Raw(payload, Now + TimeSpan.FromMinutes(1)), Cancel);
        Assert.Equal(payload, Json(await Store.GetAsync("a", Cancel)));
    }
}
