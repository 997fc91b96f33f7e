using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Tests.Endpoints;

/// <summary>
/// An application with endpoints on Kestrel. <c>/sign-in</c> begins a session with the user <c>ada</c>. What an endpoint throws is the body
/// of a 500.
/// </summary>
internal sealed class EndpointSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EndpointSite(WebApplication app, ISessionStore store, LogLines logs, bool isHttp2)
    {
        (_app, Store, Logs) = (app, store, logs);
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public HttpClient Client { get; }

    public LogLines Logs { get; }

    public IServiceProvider Services => _app.Services;

    public RecordingStore Recorded => (RecordingStore)Store;

    private ISessionStore Store { get; }

    public static async Task<EndpointSite> StartAsync(
        Action<WebApplication> endpoints,
        Action<ServerSessionOptions>? options = null,
        ISessionStore? store = null,
        TimeProvider? time = null,
        Action<WebApplicationBuilder>? services = null,
        Action<WebApplication>? middleware = null,
        string? webRoot = null,
        Action<WebApplicationBuilder>? servicesBefore = null,
        bool isHttp2 = false
    )
    {
        var logs = new LogLines();
        store ??= new RecordingStore(time);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Test", WebRootPath = webRoot });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Services.AddSingleton<IStartupFilter, ShownError>();
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        servicesBefore?.Invoke(builder);
        builder
            .Services.AddServerSessions(session =>
            {
                session.Secret = TestApp.Secret;
                options?.Invoke(session);
            })
            .AddStore(_ => store);
        services?.Invoke(builder);
        var app = builder.Build();
        if (middleware is null)
        {
            app.UseServerSessions();
        }
        else
        {
            middleware(app);
        }

        app.MapGet("/sign-in", static (ServerSession session) => session.Set("user", "ada"));
        endpoints(app);
        await app.StartAsync();
        return new EndpointSite(app, store, logs, isHttp2);
    }

    /// <summary>Begins a session, and forgets the calls of the store.</summary>
    public async Task<string> SignInAsync()
    {
        using var response = await SendAsync("GET", "/sign-in", null);
        (Store as RecordingStore)?.Forget();
        return response.Cookie();
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? cookie = null) => SendAsync("GET", path, cookie);

    public async Task<HttpResponseMessage> SendAsync(
        string method,
        string path,
        string? cookie,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Version = Client.DefaultRequestVersion,
            VersionPolicy = Client.DefaultVersionPolicy,
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        return await Client.SendAsync(request).WithinBoundAsync($"the response to {method} {path}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync().AsTask().WithinBoundAsync("the end of the application, which waits for its requests");
        (Store as IDisposable)?.Dispose();
    }

    /// <summary>In front of routing too, where an endpoint may end a request.</summary>
    private sealed class ShownError : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    static async (context, run) =>
                    {
                        try
                        {
                            await run(context);
                        }
                        catch (Exception error) when (!context.Response.HasStarted)
                        {
                            context.Response.Clear();
                            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{error.GetType().Name}: {error.Message}"));
                        }
                    }
                );
                next(app);
            };
    }
}
