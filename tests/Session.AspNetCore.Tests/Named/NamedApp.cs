using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Tests.Named;

/// <summary>An application on Kestrel with several kinds of sessions, and a browser that keeps its cookies.</summary>
internal sealed class NamedApp : IAsyncDisposable
{
    public const string Secret = "the secret of the visitors, long enough for anybody";
    public const string AdminSecret = "the secret of the admins, long enough for anybody";

    private readonly WebApplication _app;

    private NamedApp(WebApplication app, LogLines logs)
    {
        (_app, Logs) = (app, logs);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Browser = NewBrowser();
    }

    public Uri Address { get; }

    public HttpClient Browser { get; }

    public LogLines Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<NamedApp> StartAsync(
        Action<IServiceCollection> services,
        Action<WebApplication> configure,
        Action<IConfigurationBuilder>? configuration = null
    )
    {
        var logs = new LogLines();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        configuration?.Invoke(builder.Configuration);
        builder.Services.AddRouting();
        services(builder.Services);
        var app = builder.Build();
        try
        {
            configure(app);
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new NamedApp(app, logs);
    }

    public HttpClient NewBrowser() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>Counts the calls in a session, and returns the number.</summary>
    public static string Count(ServerSession session)
    {
        var count = session.Get<int>("count") + 1;
        session.Set("count", count);
        return count.ToString(CultureInfo.InvariantCulture);
    }

    public static async Task<long> LengthAsync(ISessionStore store) => await ((IEnumerableSessionStore)store).LengthAsync();
}
