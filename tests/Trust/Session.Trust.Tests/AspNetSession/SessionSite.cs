using Microsoft.AspNetCore.Http;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.AspNetSession;

/// <summary>An application that uses <c>HttpContext.Session</c>, on a place of its own on one backend.</summary>
internal sealed class SessionSite : IAsyncDisposable
{
    private readonly ISessionStore _store;
    private TrustHost? _host;

    private SessionSite(ISessionStore store) => _store = store;

    /// <summary>Runs before a handler, with its path, when the session has been read.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public IEnumerableSessionStore Store => (IEnumerableSessionStore)_store;

    /// <summary>Starts it with a handler for each path; its result is the body.</summary>
    public static async Task<SessionSite> StartAsync(
        Fleet fleet,
        string backend,
        params (string Path, Func<HttpContext, string> Handle)[] routes
    )
    {
        var why = await fleet.Places.WhyMissingAsync(backend);
        Assert.SkipWhen(why is not null, why ?? "");
        return await StartAsync(await fleet.Places.NewAsync(backend), routes);
    }

    /// <summary>Starts it on a place.</summary>
    public static async Task<SessionSite> StartAsync(StorePlace place, params (string Path, Func<HttpContext, string> Handle)[] routes)
    {
        var store = place.Open();
        var handlers = routes.ToDictionary(static route => route.Path, static route => route.Handle, StringComparer.Ordinal);
        var site = new SessionSite(store);
        site._host = await TrustHost.StartAsync(store, handler: async context =>
        {
            var path = context.Request.Path.Value!;
            await site.Before(path);
            await context.Response.WriteAsync(handlers[path](context));
        });
        return site;
    }

    public async Task<Answer> GetAsync(string path, string? cookie = null)
    {
        var response = await _host!.Client.SendAsync(path, cookie, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(200, response.Status);
        return response;
    }

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        await StorePlace.CloseAsync(_store);
    }
}
