using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Values;

/// <summary>
/// An application whose visitor has a stored session, and whose requests do what a test says. What another request does meanwhile, a
/// test sends from within the first.
/// </summary>
internal sealed class ValuesApp : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<ServerSession, HttpContext, Task>> _acts = new(StringComparer.Ordinal);
    private TestApp? _app;
    private int _requests;

    public RecordingStore Store { get; } = new();

    public TestApp Http => _app!;

    /// <summary>The cookie of the session.</summary>
    public string Cookie { get; private set; } = "";

    public static async Task<ValuesApp> StartAsync(
        Action<ServerSession>? begin = null,
        Action<ServerSessionOptions>? options = null,
        Action<IServerSessionBuilder>? sessions = null,
        ISessionStore? store = null
    )
    {
        var app = new ValuesApp();
        app._app = await TestApp.StartAsync(
            context => app._acts[context.Request.Path.Value![1..]](context.GetServerSession(), context),
            options,
            store ?? app.Store,
            sessions: sessions
        );
        if (begin is not null)
        {
            app._acts["begin"] = (session, _) =>
            {
                begin(session);
                return Task.CompletedTask;
            };
            using var response = await app._app.GetAsync("/begin");
            app.Cookie = response.Cookie();
        }

        app.Store.Forget();
        return app;
    }

    /// <summary>Sends a request with the session's cookie.</summary>
    public Task<HttpResponseMessage> SendAsync(Func<ServerSession, HttpContext, Task> act)
    {
        var path = Interlocked.Increment(ref _requests).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _acts[path] = act;

        return _app!.GetAsync("/" + path, Cookie.Length == 0 ? null : Cookie);
    }

    /// <summary>Sends a request that must succeed.</summary>
    public async Task<HttpResponseMessage> DoAsync(Func<ServerSession, Task> act)
    {
        var response = await SendAsync((session, _) => act(session));
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {_app!.Logs.Text}");
        return response;
    }

    /// <summary>Sends a request that must succeed.</summary>
    public Task<HttpResponseMessage> DoAsync(Action<ServerSession> act) => DoAsync(session =>
    {
        act(session);
        return Task.CompletedTask;
    });

    /// <summary>The keys and values at rest, in the order of the keys.</summary>
    public async Task<string> StoredAsync()
    {
        var document = SessionDocument.Parse((await Store.TheOnlySessionAsync()).Payload);
        return string.Join(
            ' ',
            document
                .Keys.Order(StringComparer.Ordinal)
                .Select(key => document.TryGetJson(key, out var json) ? $"{key}={Encoding.UTF8.GetString(json.Span)}" : key)
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.DisposeAsync();
        Store.Dispose();
    }
}
