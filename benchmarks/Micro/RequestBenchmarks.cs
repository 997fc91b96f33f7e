using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.Benchmarks.Micro;

/// <summary>Whole requests through the pipeline, without a server, on the memory store.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private readonly SessionPipeline _pipeline = new();
    private readonly SessionPipeline _throttled = new(touchThrottle: 0.9);
    private RequestDelegate _without = null!;
    private RequestDelegate _none = null!;
    private RequestDelegate _read = null!;
    private RequestDelegate _decide = null!;
    private RequestDelegate _write = null!;
    private string _cookie = "";
    private string _throttledCookie = "";

    /// <summary>Builds the pipelines and begins a session on each store.</summary>
    /// <returns>A task that completes once the sessions are stored.</returns>
    [GlobalSetup]
    public async Task PrepareAsync()
    {
        _without = _pipeline.Build(AnswerAsync, sessions: false);
        _none = _pipeline.Build(AnswerAsync);
        _read = _pipeline.Build(ReadAsync);
        _decide = _throttled.Build(ReadAsync);
        _write = _pipeline.Build(WriteAsync);
        _cookie = await _pipeline.BeginAsync();
        _throttledCookie = await _throttled.BeginAsync();
    }

    /// <summary>Ends the stores.</summary>
    /// <returns>A task that completes once they have ended.</returns>
    [GlobalCleanup]
    public async Task EndAsync()
    {
        await _pipeline.DisposeAsync();
        await _throttled.DisposeAsync();
    }

    /// <summary>The same request without the middleware.</summary>
    [Benchmark(Baseline = true)]
    public Task<HttpResponse> WithoutMiddleware() => SessionPipeline.SendAsync(_without, _cookie);

    /// <summary>Another cookie, and no one asks for a session.</summary>
    [Benchmark]
    public Task<HttpResponse> NoSession() => SessionPipeline.SendAsync(_none, "theme=dark");

    /// <summary>
    /// Reads a value; the commit finds that nothing has changed and that a touch may be spared, so there is no second call of the store.
    /// </summary>
    [Benchmark]
    public Task<HttpResponse> ReadWithoutTouch() => SessionPipeline.SendAsync(_decide, _throttledCookie);

    /// <summary>Reads a value; the session is touched.</summary>
    [Benchmark]
    public Task<HttpResponse> Read() => SessionPipeline.SendAsync(_read, _cookie);

    /// <summary>Reads a value and writes it; the session is stored.</summary>
    [Benchmark]
    public Task<HttpResponse> ReadAndWrite() => SessionPipeline.SendAsync(_write, _cookie);

    private static Task AnswerAsync(HttpContext context) => context.Response.WriteAsync("ok");

    private static Task ReadAsync(HttpContext context)
    {
        context.GetServerSession().Get<int>("n");
        return AnswerAsync(context);
    }

    private static Task WriteAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        session.Set("n", session.Get<int>("n") + 1);
        return AnswerAsync(context);
    }
}
