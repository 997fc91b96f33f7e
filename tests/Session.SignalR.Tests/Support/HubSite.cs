using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.SignalR.Tests.Support;

/// <summary>An instance of an application with a hub, on Kestrel. Instances with one store are one application.</summary>
internal sealed class HubSite : IAsyncDisposable
{
    private const string Secret = "a secret of the tests of hubs, long enough";

    private readonly WebApplication _app;
    private readonly Uri _address;

    private HubSite(WebApplication app, LogLines logs)
    {
        _app = app;
        Logs = logs;
        _address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _address };
    }

    public HttpClient Client { get; }

    public LogLines Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<HubSite> StartAsync(
        ISessionStore store,
        TimeProvider? time = null,
        Action<ServerSessionOptions>? options = null,
        Action<HubEndpointConventionBuilder>? hub = null,
        Action<WebApplication>? endpoints = null,
        Action<WebApplication>? front = null,
        Action<WebApplicationBuilder>? services = null,
        Action<IServerSessionBuilder>? sessions = null
    )
    {
        var logs = new LogLines();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        var added = builder.Services.AddServerSessions(settings =>
        {
            settings.Secret = Secret;
            settings.Store = store;
            options?.Invoke(settings);
        });
        sessions?.Invoke(added);
        builder.Services.AddSignalR(static signalR => signalR.EnableDetailedErrors = true);
        services?.Invoke(builder);
        var app = builder.Build();
        front?.Invoke(app);
        app.UseWebSockets();
        app.UseServerSessions();
        app.MapPost("/set/{key}/{value}", static (string key, string value, ServerSession session) => session.Set(key, value));
        app.MapGet("/get/{key}", static (string key, ServerSession session) => session.Get<string>(key) ?? "none");
        app.MapPost("/renew", static async (ServerSession session) => await session.RenewForSignInAsync());
        app.MapPost("/regenerate", static async (ServerSession session) => await session.RegenerateAsync());
        app.MapPost("/end", static async (ServerSession session) => await session.DestroyAsync());
        var mapped = app.MapHub<SessionHub>("/hub");
        hub?.Invoke(mapped);
        endpoints?.Invoke(app);
        await app.StartAsync();
        return new HubSite(app, logs);
    }

    /// <summary>Begins a session with the user's name in it.</summary>
    /// <returns>The cookie.</returns>
    public async Task<string> SignInAsync(string user = "ada")
    {
        using var response = await SendAsync(HttpMethod.Post, $"/set/user/{user}", null);
        return response.Cookie();
    }

    public async Task PostAsync(string path, string cookie)
    {
        using var response = await SendAsync(HttpMethod.Post, path, cookie);
        response.EnsureSuccessStatusCode();
    }

    public async Task<string> GetAsync(string path, string? cookie)
    {
        using var response = await SendAsync(HttpMethod.Get, path, cookie);
        return await response.BodyAsync();
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? cookie) =>
        SendAsync(method, path, cookie, HttpCompletionOption.ResponseContentRead);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? cookie, HttpCompletionOption until)
    {
        using var request = new HttpRequestMessage(method, path);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await Client.SendAsync(request, until).WithinBoundAsync($"the response to {method} {path}");
    }

    public Uri WebSocketAddress(string path) => new UriBuilder(_address) { Scheme = "ws", Path = path }.Uri;

    /// <summary>Connects a client to the hub, as a page with the cookie does. It would connect again by itself.</summary>
    public async Task<HubClient> ConnectAsync(HttpTransportType transport, string? cookie)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(
                new Uri(_address, "/hub"),
                transport,
                options =>
                {
                    if (cookie is not null)
                    {
                        options.Headers["Cookie"] = cookie;
                    }
                }
            )
            .WithAutomaticReconnect()
            .Build();
        var client = new HubClient(connection);
        try
        {
            await connection.StartAsync(TestContext.Current.CancellationToken).WithinBoundAsync($"the connection over {transport}");

            // The client has connected as soon as it has shaken hands, and the hub some time later, before its first method runs.
            await client.CallAsync("BeReady");
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync().AsTask().WithinBoundAsync("the end of the application, which waits for its requests");
    }
}
