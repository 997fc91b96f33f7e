using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerSessions.Blazor.Tests.Shop;

namespace ServerSessions.Blazor.Tests.Support;

/// <summary>An application with static and interactive pages on Kestrel, on a free loopback port.</summary>
internal sealed class ShopApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ShopApp(WebApplication app, LogLines logs)
    {
        (_app, Logs) = (app, logs);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Uri Address { get; }

    public LogLines Logs { get; }

    public IServiceProvider Services => _app.Services;

    public Circuits Circuits => Services.GetRequiredService<Circuits>();

    public StreamedWork Streamed => Services.GetRequiredService<StreamedWork>();

    public static async Task<ShopApp> StartAsync(
        ISessionStore? store = null,
        TimeProvider? time = null,
        Action<IServiceCollection>? services = null,
        Action<RazorComponentsEndpointConventionBuilder>? pages = null,
        Action<WebApplication>? pipeline = null
    )
    {
        var logs = new LogLines();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddProvider(logs);
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        var sessions = builder.Services.AddServerSessions(static options =>
            options.Secret = "a secret of the tests, long enough for anybody"
        );
        if (store is not null)
        {
            sessions.AddStore(_ => store);
        }

        builder.Services.AddRouting().AddSingleton<Circuits>().AddSingleton<StreamedWork>().AddAuthorization();
        builder
            .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie()
            .KeepTicketsInServerSession();
        builder
            .Services.AddRazorComponents()
            .AddInteractiveServerComponents()
            .AddServerSessionAccessor()
            .AddServerSessionAccessor("admin")
            // The protocol of the page is its own; a client of the tests speaks JSON.
            .AddHubOptions(static options => options.SupportedProtocols!.Add("json"));
        services?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseRouting();
        app.UseServerSessions();
        pipeline?.Invoke(app);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapGet("/count", static (ServerSession session) => session.Get<int>("count"));
        app.MapPost(
                "/count",
                static async (ServerSession session) => await session.UpdateAsync<int>("count", static count => count + 1)
            )
            .DisableAntiforgery();
        app.MapPost("/set", static (ServerSession session, string key) => session.Set(key, 1)).DisableAntiforgery();
        app.MapGet("/keys", static (ServerSession session) => string.Join(',', session.Keys.Order(StringComparer.Ordinal)));
        app.MapPost("/destroy", static async (ServerSession session) => await session.DestroyAsync()).DisableAntiforgery();
        app.MapPost("/sign-in", static (HttpContext context) => context.SignInAsync(User("ada"))).DisableAntiforgery();
        app.MapPost("/sign-out", static (HttpContext context) => context.SignOutAsync()).DisableAntiforgery();
        var components = app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        pages?.Invoke(components);
        await app.StartAsync();
        return new ShopApp(app, logs);
    }

    public Visitor NewVisitor() => new(this);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync().AsTask().WithinBoundAsync("the end of the application");

    private static ClaimsPrincipal User(string name) =>
        new(new ClaimsIdentity([new Claim("sub", name), new Claim("name", name)], "Password", "name", "role"));
}
