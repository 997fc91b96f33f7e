using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Session.Testing;

namespace Session.Benchmarks.Micro;

/// <summary>Whole requests through the pipeline, without a server, on the memory store.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private static readonly IHttpRequestLifetimeFeature Lifetime = new HttpRequestLifetimeFeature();

    private ServiceProvider _services = null!;
    private RequestDelegate _with = null!;
    private RequestDelegate _without = null!;
    private string _cookie = "";

    /// <summary>Builds the pipelines and begins a session.</summary>
    /// <returns>A task that completes once the session is stored.</returns>
    [GlobalSetup]
    public async Task PrepareAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddServerSessions(static options =>
        {
            options.Secret = "a secret that only the benchmarks know";
            options.Cookie.MaxAge = TimeSpan.FromHours(1);
        }).AddMemoryStore();
        _services = services.BuildServiceProvider();
        _with = Pipeline(sessions: true);
        _without = Pipeline(sessions: false);
        var begun = await SendAsync(_with, "/begin", cookie: null);
        _cookie = begun.Headers.SetCookie.ToString().Split(';')[0];
    }

    /// <summary>Ends the store.</summary>
    /// <returns>A task that completes once it has ended.</returns>
    [GlobalCleanup]
    public async Task EndAsync() => await _services.DisposeAsync();

    /// <summary>The same request without the middleware.</summary>
    [Benchmark(Baseline = true)]
    public Task<HttpResponse> WithoutMiddleware() => SendAsync(_without, "/none", _cookie);

    /// <summary>Another cookie, and nobody asks for a session.</summary>
    [Benchmark]
    public Task<HttpResponse> NoSession() => SendAsync(_with, "/none", "theme=dark");

    /// <summary>Reads a value; the session is touched.</summary>
    [Benchmark]
    public Task<HttpResponse> Read() => SendAsync(_with, "/read", _cookie);

    /// <summary>Reads a value and writes it; the session is stored.</summary>
    [Benchmark]
    public Task<HttpResponse> ReadAndWrite() => SendAsync(_with, "/write", _cookie);

    private static async Task<HttpResponse> SendAsync(RequestDelegate pipeline, string path, string? cookie)
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
        context.Request.Path = path;
        await pipeline(context);
        await response.StartAsync();
        return context.Response;
    }

    private RequestDelegate Pipeline(bool sessions)
    {
        var app = new ApplicationBuilder(_services);
        if (sessions)
        {
            app.UseServerSessions();
        }

        app.Run(static context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/begin":
                    context.GetServerSession().Set("n", 1);
                    break;
                case "/read":
                    context.GetServerSession().Get<int>("n");
                    break;
                case "/write":
                    var session = context.GetServerSession();
                    session.Set("n", session.Get<int>("n") + 1);
                    break;
            }

            return context.Response.WriteAsync("ok");
        });
        return app.Build();
    }
}
