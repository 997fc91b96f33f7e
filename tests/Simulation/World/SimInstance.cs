using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Simulation.World;

/// <summary>One instance of the application: the middleware with all that belongs to it, on the simulated store and clock.</summary>
internal sealed class SimInstance : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly RequestDelegate _pipeline;

    public SimInstance(
        ISessionStore store,
        TimeProvider clock,
        Func<string> generateSid,
        RequestDelegate handler,
        Action<IServerSessionBuilder>? more = null
    )
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(clock);

        // Pauses between attempts, too: what is real in them would not replay.
        services.AddKeyedSingleton("Session.PauseClock", clock);
        var sessions = services
            .AddServerSessions(options =>
            {
                options.Secret = "the secret that all simulated instances share";
                options.GenerateSid = _ => generateSid();
            })
            .AddStore(_ => store);
        more?.Invoke(sessions);
        _services = services.BuildServiceProvider();
        var app = new ApplicationBuilder(_services);
        app.UseServerSessions();
        app.Run(handler);
        _pipeline = app.Build();
    }

    public IServiceProvider Services => _services;

    /// <summary>Responds to a request.</summary>
    /// <returns>The status and the Set-Cookie values.</returns>
    public async Task<(int Status, string?[] SetCookies)> SendAsync(string? cookie, object tag)
    {
        var response = new SimResponse();
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Features.Set<IHttpResponseFeature>(response);
        context.Features.Set<IHttpResponseBodyFeature>(response);
        context.Items[typeof(SimInstance)] = tag;
        context.Request.Path = "/";
        if (cookie is not null)
        {
            context.Request.Headers.Cookie = cookie;
        }

        try
        {
            await _pipeline(context);
            if (!response.HasStarted)
            {
                await response.StartAsync();
            }

            return (response.StatusCode, [.. response.Headers.SetCookie]);
        }
        catch (Exception failure) when (failure is SessionStoreException or InvalidOperationException)
        {
            // What a server makes of an exception that no one handles; one in the middle of a body cuts the connection.
            return (response.HasStarted ? 0 : 500, response.HasStarted ? [.. response.Headers.SetCookie] : []);
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
