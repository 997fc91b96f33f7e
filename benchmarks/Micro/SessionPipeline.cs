using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Testing;

namespace ServerSessions.Benchmarks.Micro;

/// <summary>Requests through the middleware, without a server, on the memory store.</summary>
internal sealed class SessionPipeline : IAsyncDisposable
{
    private static readonly IHttpRequestLifetimeFeature Lifetime = new HttpRequestLifetimeFeature();

    private readonly ServiceProvider _services;

    public SessionPipeline(double touchThrottle = 0)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services
            .AddServerSessions(options =>
            {
                options.Secret = "a secret that only the benchmarks know";
                options.Cookie.MaxAge = TimeSpan.FromHours(1);
                options.TouchThrottle = touchThrottle;
            })
            .AddMemoryStore();
        _services = services.BuildServiceProvider();
    }

    /// <summary>A handler behind the middleware, or alone.</summary>
    public RequestDelegate Build(RequestDelegate handler, bool sessions = true)
    {
        var app = new ApplicationBuilder(_services);
        if (sessions)
        {
            app.UseServerSessions();
        }

        app.Run(handler);
        return app.Build();
    }

    /// <summary>Begins a session with one value; gives its cookie.</summary>
    public async Task<string> BeginAsync()
    {
        var begin = Build(static context =>
        {
            context.GetServerSession().Set("n", 1);
            return context.Response.WriteAsync("ok");
        });
        var response = await SendAsync(begin, cookie: null);
        return response.Headers.SetCookie.ToString().Split(';')[0];
    }

    public static async Task<HttpResponse> SendAsync(RequestDelegate pipeline, string? cookie)
    {
        // Room for features and callbacks, as a server has it.
        var features = new FeatureCollection(initialCapacity: 16);
        var response = new StartingResponse();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set(Lifetime);
        features.Set<IHttpResponseFeature>(response);
        var context = new DefaultHttpContext(features);
        context.Request.Headers.Cookie = cookie;
        context.Request.Path = "/";
        await pipeline(context);
        await response.StartAsync();
        return context.Response;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
