using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Tests;

/// <summary>An application on Kestrel, on a free loopback port, with the middleware in front of one handler.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    public const string Secret = "a secret of the tests, long enough for anybody";

    private readonly WebApplication _app;

    private TestApp(WebApplication app, LogLines logs)
    {
        _app = app;
        Logs = logs;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = NewClient();
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public LogLines Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<TestApp> StartAsync(
        RequestDelegate handler,
        Action<ServerSessionOptions>? options = null,
        ISessionStore? store = null,
        Action<WebApplication>? before = null,
        TimeProvider? time = null,
        Action<IServerSessionBuilder>? sessions = null,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        Action<IConfigurationBuilder>? configuration = null
    )
    {
        var logs = new LogLines();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder
            .WebHost.UseKestrelCore()
            .UseUrls("http://127.0.0.1:0")
            .ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols));
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        configuration?.Invoke(builder.Configuration);
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddRouting();
        var registered = builder.Services.AddServerSessions(session =>
        {
            session.Secret = Secret;
            options?.Invoke(session);
        });
        if (store is not null)
        {
            registered.AddStore(_ => store);
        }

        sessions?.Invoke(registered);

        var app = builder.Build();
        before?.Invoke(app);
        app.UseServerSessions();
        app.Run(handler);
        await app.StartAsync();
        return new TestApp(app, logs);
    }

    /// <summary>
    /// A client with connections of its own and no cookie jar: what a test sends is what it says. Its own limit would name nothing.
    /// </summary>
    public HttpClient NewClient() =>
        new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }, disposeHandler: true)
        {
            BaseAddress = Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };

    public Task<HttpResponseMessage> GetAsync(string path = "/", string? cookie = null, HttpClient? client = null) =>
        SendAsync(HttpMethod.Get, path, cookie, client);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? cookie, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        return await (client ?? Client).SendAsync(request).WithinBoundAsync($"the response to {method} {path}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync().AsTask().WithinBoundAsync("the end of the application, which waits for its requests");
    }
}
