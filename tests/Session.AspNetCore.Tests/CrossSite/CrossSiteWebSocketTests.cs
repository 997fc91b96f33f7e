using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServerSessions.Tests.Endpoints;

namespace ServerSessions.Tests.CrossSite;

/// <summary>
/// A WebSocket that a page of another site opens: a browser sends the visitor's cookies, and hides nothing of it from that page.
/// </summary>
public sealed class CrossSiteWebSocketTests
{
    [Theory]
    [InlineData(SessionCrossSite.Refuse, "https://evil.example", false, null)]
    [InlineData(SessionCrossSite.Refuse, "own", false, "ada")]
    [InlineData(SessionCrossSite.Refuse, null, false, "ada")]
    [InlineData(SessionCrossSite.WithoutSession, "https://evil.example", false, "no session")]
    [InlineData(SessionCrossSite.Allow, "https://evil.example", false, "ada")]
    [InlineData(SessionCrossSite.Refuse, "https://evil.example", true, null)]
    [InlineData(SessionCrossSite.Refuse, "own", true, "ada")]
    public async Task The_handshake_of_a_web_socket_counts_as_a_change(
        SessionCrossSite setting,
        string? origin,
        bool isHttp2,
        string? received
    )
    {
        await using var app = await EndpointSite.StartAsync(
            static app =>
            {
                app.UseWebSockets();
                app.Map("/socket", static async (HttpContext context) =>
                {
                    var user = context.FindServerSession()?.Get<string>("user") ?? "no session";
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    await socket.SendAsync(Encoding.UTF8.GetBytes(user), WebSocketMessageType.Text, true, context.RequestAborted);
                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                });
            },
            options => options.CrossSite = setting,
            services: builder =>
                builder.WebHost.ConfigureKestrel(kestrel =>
                    kestrel.ConfigureEndpointDefaults(endpoint =>
                        endpoint.Protocols = isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1
                    )
                ),
            isHttp2: isHttp2
        );
        using var client = new ClientWebSocket();
        if (isHttp2)
        {
            (client.Options.HttpVersion, client.Options.HttpVersionPolicy) = (
                HttpVersion.Version20,
                HttpVersionPolicy.RequestVersionExact
            );
        }

        client.Options.CollectHttpResponseDetails = true;
        client.Options.SetRequestHeader("Cookie", await app.SignInAsync());
        if (origin is not null)
        {
            client.Options.SetRequestHeader("Origin", origin == "own" ? app.Client.BaseAddress!.GetLeftPart(UriPartial.Authority) : origin);
        }

        var url = new UriBuilder(app.Client.BaseAddress!) { Scheme = "ws", Path = "/socket" }.Uri;
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var connect = client.ConnectAsync(url, invoker, TestContext.Current.CancellationToken);
        if (received is null)
        {
            await Assert.ThrowsAsync<WebSocketException>(() => connect);
            Assert.Equal(HttpStatusCode.Forbidden, client.HttpStatusCode);
            Assert.Empty(app.Recorded.Calls);
            return;
        }

        await connect;
        var buffer = new byte[100];
        var message = await client.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Equal(received, Encoding.UTF8.GetString(buffer, 0, message.Count));
    }
}
