using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Tests.Named;
using Yarp.ReverseProxy.Transforms;

namespace ServerSessions.Tests.Proxies;

/// <summary>
/// A YARP gateway that uses the session itself, in front of a backend without one: a "backend for frontend" that keeps the visitor's access
/// token on the server and adds it to each request.
/// </summary>
public sealed class GatewayTests : IAsyncDisposable
{
    private readonly RecordingStore _store = new();
    private NamedApp? _backend;
    private NamedApp? _gateway;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private HttpClient Browser => _gateway!.Browser;

    public async ValueTask DisposeAsync()
    {
        foreach (var app in (NamedApp?[])[_gateway, _backend])
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }
        }

        _store.Dispose();
    }

    [Fact]
    public async Task The_backend_gets_the_token_of_the_session_and_not_the_cookie_and_a_visitor_without_a_session_gets_401()
    {
        await StartAsync(static context =>
            context.Response.WriteAsync($"{context.Request.Headers.Authorization}|{context.Request.Headers.Cookie}")
        );

        using var anonymous = await Browser.GetAsync("/api", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        await Browser.GetStringAsync("/sign-in", Cancel);

        Assert.Equal("Bearer token-1|", await Browser.GetStringAsync("/api", Cancel));
    }

    [Fact]
    public async Task A_new_token_in_the_response_of_the_backend_is_stored_before_the_browser_has_the_response()
    {
        await StartAsync(static context =>
        {
            context.Response.Headers["X-New-Token"] = "token-2";
            return context.Response.WriteAsync(context.Request.Headers.Authorization.ToString());
        });
        await Browser.GetStringAsync("/sign-in", Cancel);

        using var response = await Browser.GetAsync("/api", HttpCompletionOption.ResponseHeadersRead, Cancel);

        Assert.False(response.Headers.Contains("X-New-Token"));
        Assert.Equal("token-2", await ValueAsync("token"));
        Assert.Equal("Bearer token-1", await response.BodyAsync());
        Assert.Equal("Bearer token-2", await Browser.GetStringAsync("/api", Cancel));
    }

    [Fact]
    public async Task Events_of_the_backend_arrive_one_by_one_and_the_session_is_stored_and_its_cookie_sent_before_the_first()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await goOn.Task.WithinBoundAsync("the first event in the browser");
            await context.Response.WriteAsync("data: 2\n\n");
        });

        using var response = await Browser.GetAsync("/public?visits", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var first = await events.ReadLineAsync(Cancel).AsTask().WithinBoundAsync("the first event");

        Assert.Equal(("data: 1", "1"), (first, await ValueAsync("visits")));
        Assert.NotNull(response.SetCookie("gateway.sid"));
        goOn.SetResult();
        Assert.Equal("\ndata: 2\n\n", await events.ReadToEndAsync(Cancel));
    }

    [Fact]
    public async Task A_body_that_the_browser_still_sends_reaches_the_backend_in_pieces()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAsync(async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[1]);
            arrived.SetResult();
            var rest = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync($"{1 + rest.Length} {rest[^1]}");
        });
        await Browser.GetStringAsync("/sign-in", Cancel);

        using var response = await Browser.PostAsync("/api", new TwoPieces(arrived.Task), Cancel);

        Assert.Equal($"{TwoPieces.Length} z", await response.BodyAsync());
    }

    [Fact]
    public async Task A_web_socket_through_the_gateway_has_the_session_stored_and_its_cookie_in_the_101()
    {
        await StartAsync(static async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            var received = await socket.ReceiveAsync(buffer, Cancel);
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, endOfMessage: true, Cancel);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        });
        using var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;

        await client.ConnectAsync(new UriBuilder(new Uri(_gateway!.Address, "/public?visits")) { Scheme = "ws" }.Uri, Cancel);

        Assert.Contains(client.HttpResponseHeaders!["Set-Cookie"], static cookie =>
            cookie.StartsWith("gateway.sid=s%3A", StringComparison.Ordinal)
        );
        Assert.Equal("1", await ValueAsync("visits"));
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        var echo = new byte[100];
        var length = (await client.ReceiveAsync(echo, Cancel)).Count;
        Assert.Equal("hello", Encoding.UTF8.GetString(echo, 0, length));
    }

    [Fact]
    public async Task If_the_backend_is_away_the_response_is_502_and_what_the_gateway_has_set_is_stored()
    {
        await StartAsync(static _ => Task.CompletedTask);
        await _backend!.DisposeAsync();
        _backend = null;

        using var response = await Browser.GetAsync("/public?visits", Cancel);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.NotNull(response.SetCookie("gateway.sid"));
        Assert.Equal("1", await ValueAsync("visits"));
    }

    [Fact]
    public async Task If_the_backend_breaks_off_in_the_middle_of_its_response_what_the_gateway_has_set_is_stored()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAsync(async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await goOn.Task.WithinBoundAsync("the headers in the browser");
            context.Abort();
        });

        using var response = await Browser.GetAsync("/public?visits", HttpCompletionOption.ResponseHeadersRead, Cancel);
        goOn.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(response.BodyAsync);

        Assert.NotNull(response.SetCookie("gateway.sid"));
        Assert.Equal("1", await ValueAsync("visits"));
    }

    [Fact]
    public async Task If_the_session_cannot_be_read_the_response_is_503_and_the_backend_is_not_called()
    {
        var calls = 0;
        await StartAsync(_ =>
        {
            calls++;
            return Task.CompletedTask;
        });
        await Browser.GetStringAsync("/sign-in", Cancel);
        _store.Before = static call => call == "get" ? throw new IOException("the store is away") : Task.CompletedTask;

        using var response = await Browser.GetAsync("/api", Cancel);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 0), (response.StatusCode, calls));
    }

    [Fact]
    public async Task If_the_session_cannot_be_stored_the_browser_gets_502_and_nothing_of_the_backends_response()
    {
        await StartAsync(static context =>
        {
            context.Response.Headers["X-Backend"] = "1";
            return context.Response.WriteAsync("of the backend");
        });
        _store.Before = static call => call == "set" ? throw new IOException("the store is away") : Task.CompletedTask;

        using var response = await Browser.GetAsync("/public?visits", Cancel);

        // YARP makes it of any exception while it writes the response.
        Assert.Equal((HttpStatusCode.BadGateway, null), (response.StatusCode, response.SetCookie("gateway.sid")));
        Assert.False(response.Headers.Contains("X-Backend"));
        Assert.Equal("", await response.BodyAsync());
        Assert.Equal(1, _gateway!.Logs.Count("CommitFailed"));
    }

    [Fact]
    public async Task If_a_save_in_front_of_the_proxy_fails_the_browser_gets_503_and_the_backend_is_not_called()
    {
        var calls = 0;
        await StartAsync(_ =>
        {
            calls++;
            return Task.CompletedTask;
        });
        _store.Before = static call => call == "set" ? throw new IOException("the store is away") : Task.CompletedTask;

        using var response = await Browser.GetAsync("/public?visits&save", Cancel);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 0), (response.StatusCode, calls));
    }

    private async Task<string?> ValueAsync(string key)
    {
        var stored = await _store.Inner.AllAsync(Cancel).SingleAsync(Cancel);
        var payload = Payload.SessionDocument.Parse(stored.Record.Payload);
        return payload.TryGetJson(key, out var json) ? Encoding.UTF8.GetString(json.Span).Trim('"') : null;
    }

    /// <summary>Starts a backend and the gateway: <c>/api</c> requires a session, <c>/public?visits</c> counts in it.</summary>
    private async Task StartAsync(RequestDelegate backend)
    {
        _backend = await NamedApp.StartAsync(static _ => { }, web =>
        {
            web.UseWebSockets();
            web.Run(backend);
        });
        _gateway = await NamedApp.StartAsync(
            services =>
            {
                services
                    .AddServerSessions(static options => (options.Secret, options.Cookie.Name) = (NamedApp.Secret, "gateway.sid"))
                    .AddStore(_ => _store);
                services.AddProxyTo(_backend.Address, paths: ["/api", "/public"]).AddTransforms(static transforms =>
                {
                    transforms.AddRequestTransform(static context =>
                    {
                        var token = context.HttpContext.GetServerSession().Get<string>("token");
                        context.ProxyRequest.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
                        context.ProxyRequest.Headers.Remove("Cookie");
                        return ValueTask.CompletedTask;
                    });
                    transforms.AddResponseTransform(static context =>
                    {
                        if (context.ProxyResponse?.Headers.TryGetValues("X-New-Token", out var tokens) == true)
                        {
                            context.HttpContext.GetServerSession().Set("token", tokens.Single());
                            context.HttpContext.Response.Headers.Remove("X-New-Token");
                        }

                        return ValueTask.CompletedTask;
                    });
                });
            },
            static web =>
            {
                web.UseRouting();
                web.UseServerSessions();
                web.Use(
                    static async (context, next) =>
                    {
                        if (context.Request.Query.ContainsKey("visits"))
                        {
                            var session = context.GetServerSession();
                            session.Set("visits", session.Get<int>("visits") + 1);
                            if (context.Request.Query.ContainsKey("save"))
                            {
                                await session.SaveAsync();
                            }
                        }

                        await next(context);
                    }
                );
                web.MapGet("/sign-in", static (ServerSession session) => session.Set("token", "token-1"));
                web.MapReverseProxy().ConfigureEndpoints(static (endpoint, route) =>
                {
                    if (route.RouteId == "/api")
                    {
                        endpoint.RequireServerSession();
                    }
                });
            }
        );
    }

    /// <summary>A body whose second piece is sent once the backend has the first.</summary>
    private sealed class TwoPieces(Task arrived) : HttpContent
    {
        // YARP's client holds back less than a buffer of 4 KiB.
        private const int First = 64 * 1024;

        public const int Length = First + 1;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[First]);
            await stream.FlushAsync();
            await arrived.WithinBoundAsync("the first piece at the backend");
            await stream.WriteAsync("z"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
