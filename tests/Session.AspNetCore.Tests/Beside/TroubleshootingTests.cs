using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Beside;

/// <summary>What docs/troubleshooting.md says of sessions beside other parts of ASP.NET Core.</summary>
public sealed class TroubleshootingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_static_asset_costs_no_call_of_the_store_also_if_it_ends_at_its_route(bool shortCircuit)
    {
        using var root = new AssetFolder("body { }");
        await using var site = await SiteOfOthers.StartAsync(
            static _ => { },
            app =>
            {
                var assets = app.MapStaticAssets(root.Manifest);
                if (shortCircuit)
                {
                    assets.ShortCircuit();
                }
            },
            root.Path
        );
        var cookie = await site.SignInAsync("ada");
        site.Store.Forget();

        Assert.Equal("body { }", await site.GetAsync("/app.css", cookie));

        Assert.Empty(site.Store.Calls);
    }

    [Fact]
    public async Task A_hub_over_long_polling_has_no_session_and_what_a_middleware_has_put_into_Items_is_there()
    {
        await using var site = await SiteOfOthers.StartAsync(
            static builder => builder.Services.AddSignalR(),
            static app =>
            {
                app.Use(
                    static (context, next) =>
                    {
                        context.Items["user"] = context.FindServerSession()?.Get<string>("user");
                        return next(context);
                    }
                );
                app.MapHub<SessionHub>("/hub");
            }
        );
        var cookie = await site.SignInAsync("ada");
        using var negotiated = await site.SendAsync(HttpMethod.Post, "/hub/negotiate?negotiateVersion=1", cookie);
        var token = JsonDocument.Parse(await negotiated.BodyAsync()).RootElement.GetProperty("connectionToken").GetString();
        var hub = $"/hub?id={token}";
        (await site.SendAsync(HttpMethod.Get, hub, cookie)).Dispose();

        var handshake = await CallAsync("""{"protocol":"json","version":1}""");
        var session = await CallAsync("""{"type":1,"invocationId":"1","target":"Session","arguments":[]}""");
        var items = await CallAsync("""{"type":1,"invocationId":"2","target":"Items","arguments":[]}""");

        Assert.Equal("{}", handshake);
        Assert.Contains("Server sessions are not set up for this request", session, StringComparison.Ordinal);
        Assert.Contains("\"result\":\"ada\"", items, StringComparison.Ordinal);

        async Task<string> CallAsync(string message)
        {
            using var content = new StringContent(message + "\u001e");
            (await site.SendAsync(HttpMethod.Post, hub, cookie, content)).Dispose();
            return (await site.GetAsync(hub, cookie)).Split('\u001e')[0];
        }
    }

    [Fact]
    public async Task A_hub_over_a_web_socket_has_the_session_of_its_visitor()
    {
        await using var site = await SiteOfOthers.StartAsync(
            static builder => builder.Services.AddSignalR(),
            static app =>
            {
                app.UseWebSockets();
                app.MapHub<SessionHub>("/hub");
            }
        );
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", await site.SignInAsync("ada"));
        await socket.ConnectAsync(
            new UriBuilder(site.Client.BaseAddress!) { Scheme = "ws", Path = "/hub" }.Uri,
            TestContext.Current.CancellationToken
        );

        Assert.Equal("{}", await CallAsync("""{"protocol":"json","version":1}"""));
        Assert.Contains(
            "\"result\":\"ada\"",
            await CallAsync("""{"type":1,"invocationId":"1","target":"Session","arguments":[]}"""),
            StringComparison.Ordinal
        );

        async Task<string> CallAsync(string message)
        {
            await socket.SendAsync(
                Encoding.UTF8.GetBytes(message + "\u001e"),
                WebSocketMessageType.Text,
                true,
                TestContext.Current.CancellationToken
            );
            var buffer = new byte[4096];
            var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            return Encoding.UTF8.GetString(buffer, 0, received.Count).Split('\u001e')[0];
        }
    }

    [Fact]
    public async Task An_action_of_MVC_takes_the_session_from_its_context_or_as_a_parameter()
    {
        await using var site = await SiteOfOthers.StartAsync(
            static builder => builder.Services.AddControllers().AddApplicationPart(typeof(SessionController).Assembly),
            static app => app.MapControllers()
        );
        var cookie = await site.SignInAsync("ada");

        Assert.Equal("ada", await site.GetAsync("/mvc/context", cookie));
        Assert.Equal("ada", await site.GetAsync("/mvc/parameter", cookie));
    }

    [Fact]
    public async Task A_page_that_the_output_cache_is_told_to_leave_alone_is_each_visitors_own()
    {
        await using var site = await SiteOfOthers.StartAsync(
            static builder => builder.Services.AddOutputCache(static options => options.AddBasePolicy(static policy => policy.Cache())),
            static app =>
            {
                app.UseOutputCache();
                app.MapGet("/me", static (ServerSession session) => session.Get<string>("user") ?? "nobody")
                    .CacheOutput(static policy => policy.NoCache());
            }
        );
        var (ada, bob) = (await site.SignInAsync("ada"), await site.SignInAsync("bob"));

        Assert.Equal(
            ["ada", "bob", "nobody", "ada"],
            [
                await site.GetAsync("/me", ada),
                await site.GetAsync("/me", bob),
                await site.GetAsync("/me", null),
                await site.GetAsync("/me", ada),
            ]
        );
    }

    [Fact]
    public async Task What_work_sets_after_the_response_is_stored_when_it_saves_and_not_by_itself()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var save = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (set, saved) = (
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        await using var site = await SiteOfOthers.StartAsync(
            static _ => { },
            app =>
            {
                app.MapPost("/work", (ServerSession session) =>
                {
                    _ = WorkAsync(session);
                    return "begun";
                });
                app.MapGet("/state", static (ServerSession session) => session.Get<string>("work") ?? "none");
            }
        );
        var cookie = await site.SignInAsync("ada");
        (await site.SendAsync(HttpMethod.Post, "/work", cookie)).Dispose();

        answered.SetResult();
        await set.Task;
        Assert.Equal("none", await site.GetAsync("/state", cookie));
        save.SetResult();
        await saved.Task;
        Assert.Equal("done", await site.GetAsync("/state", cookie));

        async Task WorkAsync(ServerSession session)
        {
            await answered.Task;
            session.Set("work", "done");
            set.SetResult();
            await save.Task;
            await session.SaveAsync();
            saved.SetResult();
        }
    }

    [Theory]
    [InlineData(false, "400")]
    [InlineData(true, "200")]
    public async Task A_cookie_of_others_with_a_byte_that_is_no_UTF8_is_refused_by_Kestrel_unless_it_reads_headers_as_Latin1(
        bool latin1,
        string status
    )
    {
        await using var site = await SiteOfOthers.StartAsync(
            builder =>
                builder.WebHost.ConfigureKestrel(options =>
                    options.RequestHeaderEncodingSelector = latin1
                        ? static name => name == "Cookie" ? Encoding.Latin1 : null
                        : options.RequestHeaderEncodingSelector
                ),
            static app => app.MapGet("/me", static (ServerSession session) => session.Get<string>("user") ?? "nobody")
        );
        var cookie = await site.SignInAsync("ada");
        using var socket = new TcpClient();
        await socket.ConnectAsync(site.Client.BaseAddress!.Host, site.Client.BaseAddress.Port);
        var stream = socket.GetStream();

        await stream.WriteAsync(
            Encoding.Latin1.GetBytes(
                $"GET /me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: name=Jos\u00e9; {cookie}\r\n\r\n"
            )
        );
        var response = await new StreamReader(stream).ReadToEndAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
        Assert.Equal(latin1, response.Contains("ada", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("hubchat:sess")]
    [InlineData("test::name")]
    public async Task A_cookie_name_with_a_colon_stops_the_start(string name)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            TestApp.StartAsync(static _ => Task.CompletedTask, options => options.Cookie.Name = name)
        );

        Assert.Contains("Cookie.Name", error.Message, StringComparison.Ordinal);
    }
}

/// <summary>A hub that asks for the session of its caller.</summary>
internal sealed class SessionHub : Hub
{
    public string? Session()
    {
        try
        {
            return Context.GetHttpContext()!.GetServerSession().Get<string>("user");
        }
        catch (InvalidOperationException error)
        {
            throw new HubException(error.Message);
        }
    }

    public string? Items() => Context.GetHttpContext()!.Items["user"] as string;
}

/// <summary>Actions that ask for the session.</summary>
[Route("mvc")]
public sealed class SessionController : ControllerBase
{
    /// <summary>From the context.</summary>
    [HttpGet("context")]
    public string? FromContext() => HttpContext.GetServerSession().Get<string>("user");

    /// <summary>As a parameter.</summary>
    /// <param name="session">The session of the request.</param>
    [HttpGet("parameter")]
    public string? FromParameter(ServerSession session) =>
        session == HttpContext.GetServerSession() ? session.Get<string>("user") : "another session";
}
