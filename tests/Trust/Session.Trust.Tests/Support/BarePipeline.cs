using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>
/// The middleware without a server in front of it: any header reaches it, hundreds of thousands a second, and what it allocates can be
/// counted.
/// </summary>
internal sealed class BarePipeline : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly RequestDelegate _pipeline;

    public BarePipeline(ISessionStore store, RequestDelegate handler, Action<ServerSessionOptions>? options = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(typeof(Microsoft.Extensions.Logging.ILogger<>), typeof(NullLogger<>));
        services.AddServerSessions(session =>
        {
            session.Secret = LeakCollector.Secret;
            session.Store = store;
            options?.Invoke(session);
        });
        _services = services.BuildServiceProvider();
        var app = new ApplicationBuilder(_services);
        app.UseServerSessions();
        app.Run(handler);
        _pipeline = app.Build();
    }

    /// <summary>Runs a request with these Cookie headers.</summary>
    public Task RunAsync(params string[] cookies) => _pipeline(New("/", cookies));

    /// <summary>Runs a request for a path; gives the headers of the response.</summary>
    public async Task<IHeaderDictionary> AnswerAsync(string path, string[] cookies)
    {
        var context = New(path, cookies);
        await _pipeline(context);
        return context.Response.Headers;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private DefaultHttpContext New(string path, string[] cookies)
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Request.Path = path;
        context.Request.Headers.Cookie = cookies;
        return context;
    }
}

/// <summary>A store that says which id was asked for, and knows none.</summary>
internal sealed class AskedStore : ISessionStore
{
    public string? Asked { get; private set; }

    public int Calls { get; private set; }

    public void Forget() => (Asked, Calls) = (null, 0);

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        (Asked, Calls) = (sid, Calls + 1);
        return ValueTask.FromResult<SessionRecord?>(null);
    }

    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        Calls++;
        return ValueTask.CompletedTask;
    }

    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Calls++;
        return ValueTask.CompletedTask;
    }
}
