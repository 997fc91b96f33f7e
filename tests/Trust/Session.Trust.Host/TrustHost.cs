using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Trust.Host;

/// <summary>
/// An application on Kestrel, on a free loopback port, with sessions in a given store. Everything that it logs, measures, traces and throws
/// goes through a <see cref="LeakCollector"/>.
/// </summary>
public sealed class TrustHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TrustHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new TrustClient(Address);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>A client without a cookie jar.</summary>
    public TrustClient Client { get; }

    /// <summary>Starts a host.</summary>
    /// <param name="store">The store, which stays the caller's.</param>
    /// <param name="options">Changes the options.</param>
    /// <param name="handler">The application; <see langword="null"/>: <see cref="TrustEndpoints"/>.</param>
    /// <param name="before">What stands before the sessions in the pipeline.</param>
    /// <param name="protection">What is at rest otherwise than in the clear.</param>
    /// <param name="leaks">What looks for leaks; <see langword="null"/>: <see cref="LeakCollector.Shared"/>.</param>
    /// <param name="clock">What tells the sessions the time; <see langword="null"/>: the system.</param>
    /// <param name="protocols">What it speaks; HTTP/2 on a connection in the clear only if it is told to speak nothing else.</param>
    public static async Task<TrustHost> StartAsync(
        ISessionStore store,
        Action<ServerSessionOptions>? options = null,
        RequestDelegate? handler = null,
        Action<WebApplication>? before = null,
        Action<IServerSessionBuilder>? protection = null,
        LeakCollector? leaks = null,
        TimeProvider? clock = null,
        HttpProtocols protocols = HttpProtocols.Http1
    )
    {
        var collector = leaks ?? LeakCollector.Shared;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder
            .WebHost.UseKestrelCore()
            .UseUrls("http://127.0.0.1:0")
            .ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols));
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(collector.Logging);
        builder.Services.AddRouting();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        var sessions = builder.Services.AddServerSessions(session =>
        {
            session.Secret = LeakCollector.Secret;
            session.Store = store;
            // Races are about order, and machines that run tests are busy. Tests of a failing store say how long they wait.
            session.OperationTimeout = TimeSpan.FromMinutes(1);
            options?.Invoke(session);
        });
        protection?.Invoke(sessions);

        var app = builder.Build();
        CountingStore.Accessor = app.Services.GetRequiredService<IHttpContextAccessor>();
        before?.Invoke(app);
        app.Use(next =>
            async context =>
            {
                try
                {
                    await next(context);
                }
                catch (Exception exception)
                {
                    collector.Look("an exception", exception.ToString());
                    throw;
                }
            }
        );
        app.UseServerSessions();
        app.Run(handler ?? new TrustEndpoints(collector).HandleAsync);
        await app.StartAsync();
        return new TrustHost(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
