using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Http;

/// <summary>A connection that becomes a web socket: its answer is the 101, its request lasts as long as the socket.</summary>
public sealed class WebSocketTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_set_before_a_web_socket_was_accepted_is_stored_and_its_cookie_sent_with_the_101()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                context.GetServerSession().Set("n", 1);
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await ReceiveAsync(socket);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
            },
            store: store,
            before: static app => app.UseWebSockets()
        );

        using var client = await ConnectAsync(app, cookie: null);

        Assert.Contains(client.HttpResponseHeaders!["Set-Cookie"], static cookie =>
            cookie.StartsWith("connect.sid=s%3A", StringComparison.Ordinal)
        );
        Assert.Equal("1", await ValueAsync(store, "n"));
        await client.SendAsync("end"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        await ReceiveAsync(client);
    }

    [Fact]
    public async Task What_is_set_while_a_web_socket_is_open_is_stored_when_the_application_says_so_and_when_it_closes()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                var session = context.GetServerSession();
                if (!context.WebSockets.IsWebSocketRequest)
                {
                    session.Set("n", 0);
                    return;
                }

                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await ReceiveAsync(socket);
                session.Set("n", 1);
                await session.SaveAsync();
                await socket.SendAsync("saved"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancel);
                await ReceiveAsync(socket);
                session.Set("n", 2);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
            },
            store: store,
            before: app =>
                app.UseWebSockets()
                    .Use(next =>
                        async context =>
                        {
                            await next(context);
                            if (context.WebSockets.IsWebSocketRequest)
                            {
                                ended.SetResult();
                            }
                        }
                    )
        );
        using var begin = await app.GetAsync();
        using var client = await ConnectAsync(app, begin.Cookie());

        await client.SendAsync("save"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        Assert.Equal("saved", await ReceiveAsync(client));
        Assert.Equal("1", await ValueAsync(store, "n"));

        await client.SendAsync("end"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        await ReceiveAsync(client);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        await ended.Task.WaitAsync(Cancel);
        Assert.Equal("2", await ValueAsync(store, "n"));
    }

    [Fact]
    public async Task A_session_that_cannot_be_stored_is_a_503_in_place_of_a_web_socket()
    {
        using var store = new RecordingStore();
        store.Before = static call =>
            call == "set"
                ? throw new SessionStoreException("The backend is in trouble.", SessionStoreOperation.Set, "Test", isTransient: true)
                : Task.CompletedTask;
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                context.GetServerSession().Set("n", 1);
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
            },
            store: store,
            before: static app => app.UseWebSockets()
        );

        using var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => client.ConnectAsync(AddressOf(app), Cancel));
        Assert.Equal(503, (int)client.HttpStatusCode);
        Assert.False(client.HttpResponseHeaders!.ContainsKey("Set-Cookie"));
    }

    [Fact]
    public async Task A_web_socket_over_HTTP_2_has_its_session_stored_and_its_cookie_before_it_opens()
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                Assert.Equal("CONNECT", context.Request.Method);
                context.GetServerSession().Set("n", 1);
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await ReceiveAsync(socket);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
            },
            store: store,
            before: static app => app.UseWebSockets(),
            protocols: HttpProtocols.Http2
        );

        using var client = OverHttp2();
        await client.ConnectAsync(AddressOf(app), new HttpMessageInvoker(new SocketsHttpHandler(), disposeHandler: true), Cancel);

        Assert.Contains(client.HttpResponseHeaders!["Set-Cookie"], static cookie =>
            cookie.StartsWith("connect.sid=s%3A", StringComparison.Ordinal)
        );
        Assert.Equal("1", await ValueAsync(store, "n"));
        await client.SendAsync("end"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        await ReceiveAsync(client);
    }

    [Fact]
    public async Task A_session_that_cannot_be_stored_is_a_503_in_place_of_a_web_socket_over_HTTP_2()
    {
        using var store = new RecordingStore();
        store.Before = static call => call == "set" ? throw new IOException("the backend is away") : Task.CompletedTask;
        await using var app = await TestApp.StartAsync(
            static async context =>
            {
                context.GetServerSession().Set("n", 1);
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
            },
            store: store,
            before: static app => app.UseWebSockets(),
            protocols: HttpProtocols.Http2
        );

        using var client = OverHttp2();
        await Assert.ThrowsAsync<WebSocketException>(() =>
            client.ConnectAsync(AddressOf(app), new HttpMessageInvoker(new SocketsHttpHandler(), disposeHandler: true), Cancel)
        );
        Assert.Equal(503, (int)client.HttpStatusCode);
        Assert.False(client.HttpResponseHeaders!.ContainsKey("Set-Cookie"));
        Assert.Equal(["set"], store.Calls);
    }

    [Fact]
    public async Task It_is_a_503_too_if_the_session_was_there_and_the_middleware_for_web_sockets_is_behind()
    {
        using var store = new RecordingStore();
        await using var beginning = await TestApp.StartAsync(
            static context =>
            {
                context.GetServerSession().Set("n", 0);
                return Task.CompletedTask;
            },
            store: store
        );
        RequestDelegate behind = static _ => Task.CompletedTask;
        await using var app = await TestApp.StartAsync(
            context => behind(context),
            store: store,
            before: app =>
            {
                var branch = ((IApplicationBuilder)app).New();
                branch.UseWebSockets();
                branch.Run(static async context =>
                {
                    context.GetServerSession().Set("n", 1);
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                });
                behind = branch.Build();
            },
            protocols: HttpProtocols.Http2
        );
        using var begin = await beginning.GetAsync();
        store.Before = static call => call == "set" ? throw new IOException("the backend is away") : Task.CompletedTask;

        using var client = OverHttp2();
        client.Options.SetRequestHeader("Cookie", begin.Cookie());
        await Assert.ThrowsAsync<WebSocketException>(() =>
            client.ConnectAsync(AddressOf(app), new HttpMessageInvoker(new SocketsHttpHandler(), disposeHandler: true), Cancel)
        );
        Assert.Equal(503, (int)client.HttpStatusCode);
    }

    private static ClientWebSocket OverHttp2()
    {
        var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return client;
    }

    private static Uri AddressOf(TestApp app) => new UriBuilder(app.Address) { Scheme = "ws" }.Uri;

    private static async Task<ClientWebSocket> ConnectAsync(TestApp app, string? cookie)
    {
        var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;
        client.Options.SetRequestHeader("Cookie", cookie);
        await client.ConnectAsync(AddressOf(app), Cancel);
        return client;
    }

    private static async Task<string> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, Cancel);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static async Task<string> ValueAsync(RecordingStore store, string key)
    {
        var stored = await store.Inner.AllAsync(Cancel).SingleAsync(Cancel);
        return SessionDocument.Parse(stored.Record.Payload).TryGetJson(key, out var json) ? Encoding.UTF8.GetString(json.Span) : "none";
    }
}
