using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using ServerSessions.SignalR.Tests.Support;

namespace ServerSessions.SignalR.Tests.Hubs;

/// <summary>What a hub does to the lifetime of its session.</summary>
public sealed class ExpiryTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(5);

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_connection_and_its_polls_do_not_extend_the_session_and_Touch_does(HttpTransportType transport)
    {
        var time = new FakeTimeProvider();
        using var store = new RecordingStore(time);
        await using var site = await HubSite.StartAsync(store, time, static options => options.IdleTimeout = Idle);
        var cookie = await site.SignInAsync();
        var expires = await ExpiresAsync(store);

        time.Advance(Later);
        await using var client = await site.ConnectAsync(transport, cookie);
        await client.CallAsync<string>("Get", "user");
        await client.CallAsync("Set", "room", "tea");
        Assert.Equal(expires, await ExpiresAsync(store));
        Assert.DoesNotContain("touch", store.Calls);

        await client.CallAsync("Extend");
        Assert.Equal(expires + Later, await ExpiresAsync(store));
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_hub_extends_the_session_with_each_request_if_its_endpoint_says_so(HttpTransportType transport)
    {
        var time = new FakeTimeProvider();
        using var store = new RecordingStore(time);
        await using var site = await HubSite.StartAsync(
            store,
            time,
            static options => options.IdleTimeout = Idle,
            static hub => hub.EnableServerSession()
        );
        var cookie = await site.SignInAsync();
        var expires = await ExpiresAsync(store);

        time.Advance(Later);
        await using var client = await site.ConnectAsync(transport, cookie);

        Assert.Equal(expires + Later, await ExpiresAsync(store));
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_session_that_expires_while_a_client_is_connected_is_not_found_by_the_hub(HttpTransportType transport)
    {
        var time = new FakeTimeProvider();
        using var store = new RecordingStore(time);
        await using var site = await HubSite.StartAsync(store, time, static options => options.IdleTimeout = Idle);
        await using var client = await site.ConnectAsync(transport, await site.SignInAsync());

        time.Advance(Idle);

        Assert.False(await client.CallAsync<bool>("HasSession"));
    }

    [Fact]
    public async Task A_value_that_is_updated_in_one_step_in_a_hub_does_not_extend_a_session_whose_cookie_has_a_lifetime()
    {
        var time = new FakeTimeProvider();
        using var store = new RecordingStore(time);
        await using var site = await HubSite.StartAsync(store, time, static options => options.Cookie.MaxAge = Idle);
        var cookie = await site.SignInAsync();
        var expires = await ExpiresAsync(store);

        time.Advance(Later);
        await using var client = await site.ConnectAsync(HttpTransportType.WebSockets, cookie);
        Assert.Equal(1, await client.CallAsync<int>("Increment", "count"));
        Assert.Equal(expires, await ExpiresAsync(store));

        await client.CallAsync("Extend");
        Assert.Equal(expires + Later, await ExpiresAsync(store));
    }

    private static async Task<DateTimeOffset?> ExpiresAsync(RecordingStore store) => (await store.TheOnlySessionAsync()).Expires;
}
