using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerSessions.SignalR.Tests.Support;

namespace ServerSessions.SignalR.Tests.Closing;

/// <summary>Web sockets and server-sent events without SignalR.</summary>
public sealed class LongResponseTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_web_socket_is_closed_when_its_session_ends()
    {
        using var store = new RecordingStore();
        await using var site = await StartAsync(store);
        var cookie = await site.SignInAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", cookie);
        await socket.ConnectAsync(site.WebSocketAddress("/socket"), Cancel);
        var received = socket.ReceiveAsync(new byte[1], Cancel);
        Assert.False(received.IsCompleted);

        await site.PostAsync("/end", cookie);

        await Assert.ThrowsAsync<WebSocketException>(() => received.WithinBoundAsync("the end of the web socket"));
    }

    [Fact]
    public async Task Server_sent_events_end_when_their_session_ends()
    {
        using var store = new RecordingStore();
        await using var site = await StartAsync(store);
        var cookie = await site.SignInAsync();
        using var response = await site.SendAsync(HttpMethod.Get, "/events", cookie, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal("data: begun", await reader.ReadLineAsync(Cancel));
        var rest = reader.ReadToEndAsync(Cancel);
        Assert.False(rest.IsCompleted);

        await site.PostAsync("/end", cookie);

        await Assert.ThrowsAnyAsync<IOException>(() => rest.WithinBoundAsync("the end of the events"));
    }

    [Fact]
    public async Task A_request_that_has_ended_is_closed_no_more_and_its_connection_serves_the_next_one()
    {
        using var store = new RecordingStore();
        await using var site = await StartAsync(store);
        var cookie = await site.SignInAsync();

        Assert.Equal("short", await site.GetAsync("/short", cookie));
        await site.PostAsync("/end", cookie);

        Assert.Equal("short", await site.GetAsync("/short", cookie));
    }

    [Fact]
    public async Task Without_the_middleware_the_endpoint_says_what_is_missing()
    {
        using var store = new RecordingStore();
        await using var site = await HubSite.StartAsync(
            store,
            front: static app =>
                app.Map("/branch", static branch =>
                    branch
                        .UseRouting()
                        .UseEndpoints(static endpoints => endpoints.MapGet("/branch/long", static () => "").CloseWhenSessionEnds())
                )
        );

        using var response = await site.SendAsync(HttpMethod.Get, "/branch/branch/long", null);

        Assert.Equal(System.Net.HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("app.UseServerSessions()", Assert.Single(site.Logs.Exceptions).Message, StringComparison.Ordinal);
    }

    private static Task<HubSite> StartAsync(RecordingStore store) =>
        HubSite.StartAsync(
            store,
            new ManualClock(),
            endpoints: static app =>
            {
                app.Map("/socket", static async context =>
                    {
                        using var socket = await context.WebSockets.AcceptWebSocketAsync();
                        await socket.ReceiveAsync(new byte[1], context.RequestAborted);
                    })
                    .CloseWhenSessionEnds();
                app.MapGet("/events", static async context =>
                    {
                        await context.Response.WriteAsync("data: begun\n");
                        await context.Response.Body.FlushAsync();
                        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                    })
                    .CloseWhenSessionEnds();
                app.MapGet("/short", static () => "short").CloseWhenSessionEnds();
            }
        );
}
