using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using ServerSessions.SignalR.Tests.Support;

namespace ServerSessions.SignalR.Tests.Hubs;

/// <summary>The request of a connection ends hours after it has read the session.</summary>
public sealed class EndOfConnectionTests
{
    public static TheoryData<HttpTransportType, bool> Connections =>
        new()
        {
            { HttpTransportType.WebSockets, true },
            { HttpTransportType.WebSockets, false },
            { HttpTransportType.ServerSentEvents, true },
            { HttpTransportType.ServerSentEvents, false },
        };

    [Theory]
    [MemberData(nameof(Connections))]
    public Task The_end_of_a_connection_stores_nothing_over_what_requests_have_stored_meanwhile(
        HttpTransportType transport,
        bool isConditional
    ) =>
        AssertEndStoresNothingAsync(
            transport,
            isConditional,
            "/set/user/bob",
            static async (site, store, cookie) => Assert.Equal("bob", await site.GetAsync("/get/user", cookie))
        );

    [Theory]
    [MemberData(nameof(Connections))]
    public Task The_end_of_a_connection_does_not_revive_a_session_that_has_ended_meanwhile(
        HttpTransportType transport,
        bool isConditional
    ) =>
        AssertEndStoresNothingAsync(
            transport,
            isConditional,
            "/end",
            static async (site, store, cookie) => Assert.Equal(0, await store.Inner.LengthAsync())
        );

    private static async Task AssertEndStoresNothingAsync(
        HttpTransportType transport,
        bool isConditional,
        string meanwhile,
        Func<HubSite, RecordingStore, string, Task> assertAfterwards
    )
    {
        using var store = new RecordingStore();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StartAsync(store, isConditional, transport, ended);
        var cookie = await site.SignInAsync("ada");
        await using (var client = await site.ConnectAsync(transport, cookie))
        {
            await site.PostAsync(meanwhile, cookie);
            store.Forget();
        }

        await ended.Task.WithinBoundAsync("the end of the request of the connection");

        // Over server-sent events the client tells of its end with another request, which reads and touches as each request does.
        Assert.DoesNotContain(store.Calls, call => call is "set" or "destroy" || transport == HttpTransportType.WebSockets);
        Assert.DoesNotContain(site.Logs.Warnings, static name => name != "StoreCannotMerge");
        await assertAfterwards(site, store, cookie);
    }

    private static Task<HubSite> StartAsync(
        RecordingStore store,
        bool isConditional,
        HttpTransportType transport,
        TaskCompletionSource ended
    ) =>
        HubSite.StartAsync(
            isConditional ? store : new PlainStore(store),
            hub: static hub => hub.EnableServerSession(),
            front: app =>
                app.Use(
                    async (context, next) =>
                    {
                        var isConnection =
                            context.Request.Path == "/hub"
                            && (
                                transport == HttpTransportType.WebSockets
                                    ? context.WebSockets.IsWebSocketRequest || context.Request.Headers.Upgrade.Count > 0
                                    : context.Request.Headers.Accept == "text/event-stream"
                            );
                        await next(context);
                        if (isConnection)
                        {
                            ended.SetResult();
                        }
                    }
                )
        );
}
