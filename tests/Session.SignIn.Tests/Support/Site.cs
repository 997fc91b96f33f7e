using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.SignIn.Tests;

/// <summary>An application behind an https address of its own. A browser and other sites reach it over HTTP.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Site(WebApplication app, string host)
    {
        _app = app;
        Address = new Uri($"https://{host}/");
        Handler = app.GetTestServer().CreateHandler();
    }

    public Uri Address { get; }

    public HttpMessageHandler Handler { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<Site> StartAsync(string host, Action<WebApplicationBuilder> configure, Action<WebApplication> pipeline)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseTestServer();
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddRouting();
        configure(builder);
        var app = builder.Build();
        pipeline(app);
        await app.StartAsync();
        return new Site(app, host);
    }

    public async ValueTask DisposeAsync()
    {
        Handler.Dispose();
        await _app.DisposeAsync().AsTask().WithinBoundAsync("the end of the application");
    }
}
