using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.SignalR.Tests.Support;

namespace ServerSessions.SignalR.Tests.Hubs;

/// <summary>A hub beside several kinds of sessions, and one whose session could not be read when the client connected.</summary>
public sealed class NamedHubTests
{
    private const string Admin = "admin";

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_hub_opens_the_session_of_the_name_that_it_says_and_ends_with_it(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        using var admins = new RecordingStore();
        await using var site = await HubSite.StartAsync(
            store,
            new ManualClock(),
            hub: static hub => hub.CloseWhenSessionEnds(Admin),
            front: static app => app.UseServerSessions(Admin),
            endpoints: static app =>
            {
                app.MapPost("/admin/{user}", static (string user, [FromServerSessions(Admin)] ServerSession session) =>
                    session.Set("user", user)
                );
                app.MapPost("/end-admin", static async ([FromServerSessions(Admin)] ServerSession session) => await session.DestroyAsync());
            },
            services: builder =>
                builder.Services.AddServerSessions(
                    Admin,
                    options =>
                    {
                        options.Secret = "another secret of the tests, for the admins";
                        options.Cookie.Name = Admin;
                        options.Store = admins;
                    }
                )
        );
        var visitor = await site.SignInAsync("ada");
        using var signedIn = await site.SendAsync(HttpMethod.Post, "/admin/root", null);
        var cookie = $"{visitor}; {signedIn.Cookie(Admin)}";
        await using var client = await site.ConnectAsync(transport, cookie);

        Assert.Equal("ada", await client.CallAsync<string>("Get", "user"));
        Assert.Equal("root", await client.CallAsync<string>("GetOf", Admin, "user"));
        await site.PostAsync("/end", cookie);
        Assert.Equal("root", await client.CallAsync<string>("GetOf", Admin, "user"));

        await site.PostAsync("/end-admin", cookie);
        Assert.Null(await client.ClosedAsync());
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_name_whose_middleware_does_not_run_is_an_error_in_a_hub(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(store);
        await using var client = await site.ConnectAsync(transport, await site.SignInAsync());

        var error = await Assert.ThrowsAsync<HubException>(() => client.CallAsync<string>("GetOf", Admin, "user"));

        Assert.Contains("the server sessions 'admin'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [ClassData(typeof(Transports))]
    public async Task A_store_that_fails_is_an_error_in_a_hub_and_no_missing_session_and_is_tried_again(HttpTransportType transport)
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(
            store,
            options: static options =>
                (options.WhenLoadFails, options.WhenSaveFails) = (SessionFailureBehavior.Continue, SessionFailureBehavior.Continue)
        );
        var cookie = await site.SignInAsync("ada");
        store.Before = static _ => throw new SessionStoreException("down", SessionStoreOperation.Get, "test", isTransient: true);
        await using var client = await site.ConnectAsync(transport, cookie);

        var error = await Assert.ThrowsAsync<HubException>(() => client.CallAsync<bool>("HasSession"));
        Assert.Contains(nameof(SessionStoreException), error.Message, StringComparison.Ordinal);

        store.Before = static _ => Task.CompletedTask;
        Assert.Equal("ada", await client.CallAsync<string>("Get", "user"));
    }
}
