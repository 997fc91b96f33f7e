using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Operations.Tests;

/// <summary>An application on Kestrel, on a free loopback port, as an operator has one: with logs, exporters and health checks.</summary>
internal sealed class OperatedApp : IAsyncDisposable
{
    public const string Secret = "canary-secret-of-the-operated-application";

    /// <summary>What a value that is worth hiding begins with.</summary>
    public const string Value = "canary-value-";

    private readonly WebApplication _app;

    private OperatedApp(WebApplication app, LogLines logs)
    {
        (_app, Logs) = (app, logs);
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(app.Urls.Single()),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public HttpClient Client { get; }

    public LogLines Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<OperatedApp> StartAsync(
        Action<IServerSessionBuilder> sessions,
        Action<ServerSessionOptions>? options = null,
        Action<WebApplication>? endpoints = null,
        string environment = "Production"
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var logs = new LogLines();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        sessions(
            builder.Services.AddServerSessions(session =>
            {
                session.Secret = Secret;
                session.Cookie.Secure = SessionCookieSecure.Never;
                options?.Invoke(session);
            })
        );
        var app = builder.Build();
        app.UseServerSessions();
        endpoints?.Invoke(app);
        app.MapGet("/write", static (ServerSession session) => session.Set("value", Value + session.Count));
        app.MapGet("/read", static (ServerSession session) => session.Get<string>("value"));
        app.MapGet("/sign-in", static (ServerSession session) => session.RenewForSignInAsync().AsTask());
        app.MapGet("/end", static (ServerSession session) => session.DestroyAsync().AsTask());
        await app.StartAsync();
        return new OperatedApp(app, logs);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await Client.SendAsync(request).WithinBoundAsync($"the response to {path}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

internal static class Responses
{
    /// <summary>The session cookie of a response, as a browser sends it back; <see langword="null"/> without one.</summary>
    public static string? Cookie(this HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var values) ? values.First().Split(';')[0] : null;
}
