using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using ServerSessions.SignalR.Tests.Support;

namespace ServerSessions.SignalR.Tests.Hubs;

/// <summary>The session in the methods of a hub, over each transport.</summary>
public sealed class HubSessionTests
{
    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_method_of_a_hub_reads_what_is_stored_now_and_not_what_was_when_the_client_connected(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store);
        var cookie = await site.SignInAsync("ada");
        await using var client = await site.ConnectAsync(transport, cookie);

        Assert.Equal("ada", await client.CallAsync<string>("Get", "user"));
        await site.PostAsync("/set/user/bob", cookie);
        Assert.Equal("bob", await client.CallAsync<string>("Get", "user"));
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_change_in_a_method_of_a_hub_is_stored_when_it_is_saved_and_only_then(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store);
        var cookie = await site.SignInAsync();
        await using (var client = await site.ConnectAsync(transport, cookie))
        {
            await client.CallAsync("Set", "room", "tea");
            Assert.Equal("tea", await site.GetAsync("/get/room", cookie));
            await client.CallAsync("SetWithoutSaving", "room", "coffee");
        }

        Assert.Equal("tea", await site.GetAsync("/get/room", cookie));
        Assert.Equal("ada", await site.GetAsync("/get/user", cookie));
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task Parallel_changes_of_hubs_and_requests_lose_nothing(HttpTransportType transport)
    {
        const int Clients = 3;
        const int Changes = 8;
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store);
        await using var other = await HubSite.StartAsync(store);
        var cookie = await site.SignInAsync();
        var clients = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(index => (index % 2 == 0 ? site : other).ConnectAsync(transport, cookie))
        );
        try
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, Changes)
                    .SelectMany(change =>
                        clients
                            .SelectMany((client, index) =>
                                new[]
                                {
                                    client.CallAsync("Set", $"hub-{index}-{change}", "set"),
                                    client.CallAsync<int>("Increment", "count"),
                                }
                            )
                            .Append(site.PostAsync($"/set/page-{change}/set", cookie))
                            .Append(other.PostAsync($"/set/other-{change}/set", cookie))
                    )
            );

            await using var reader = await site.ConnectAsync(transport, cookie);
            for (var change = 0; change < Changes; change++)
            {
                foreach (var key in (string[])["hub-0", "hub-1", "hub-2", "page", "other"])
                {
                    Assert.Equal("set", await reader.CallAsync<string>("Get", $"{key}-{change}"));
                }
            }

            Assert.Equal((Clients * Changes) + 1, await reader.CallAsync<int>("Increment", "count"));
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_method_of_a_hub_cannot_do_what_needs_a_cookie_and_the_session_stays(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store, options: static options => options.AllowNewIdAfterResponseStart = true);
        var cookie = await site.SignInAsync();
        await using var client = await site.ConnectAsync(transport, cookie);

        foreach (var operation in (string[])["renew", "sign in", "regenerate"])
        {
            Assert.Equal(SessionHub.Refused, await client.CallAsync<string>("Try", operation));
        }

        Assert.Equal("ada", await site.GetAsync("/get/user", cookie));
        Assert.Equal("ada", await client.CallAsync<string>("Get", "user"));
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_client_without_a_session_gets_none_in_a_hub(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store);
        await using var client = await site.ConnectAsync(transport, cookie: null);

        Assert.False(await client.CallAsync<bool>("HasSession"));
        Assert.Equal(SessionHub.Refused, await client.CallAsync<string>("Try", "open"));
        Assert.Empty(store.Calls);
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_hub_that_requires_a_session_refuses_a_client_without_one(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store, hub: static hub => hub.RequireServerSession());

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => site.ConnectAsync(transport, cookie: null));

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, error.StatusCode);
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_session_that_has_ended_or_has_a_new_id_is_not_found_by_a_hub(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store);
        foreach (var end in (string[])["/end", "/renew", "/regenerate"])
        {
            var cookie = await site.SignInAsync();
            await using var client = await site.ConnectAsync(transport, cookie);
            await site.PostAsync(end, cookie);

            Assert.False(await client.CallAsync<bool>("HasSession"));
            var error = await Assert.ThrowsAsync<HubException>(() => client.CallAsync("Set", "user", "eve"));
            Assert.Contains(nameof(SessionNotFoundException), error.Message, StringComparison.Ordinal);
            Assert.Equal("none", await site.GetAsync("/get/user", cookie));
        }
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_hub_can_end_the_session(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store);
        var cookie = await site.SignInAsync();
        await using var client = await site.ConnectAsync(transport, cookie);

        await client.CallAsync("End");

        Assert.Equal("none", await site.GetAsync("/get/user", cookie));
        Assert.Equal(0, await store.Inner.LengthAsync());
    }
}
