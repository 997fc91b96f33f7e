using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using ServerSessions.Interop.CrossRuntime.Backends;
using ServerSessions.Interop.Host;

namespace ServerSessions.Interop.CrossRuntime.Running;

/// <summary>express-session and this project's middleware on one backend, with the same options.</summary>
internal sealed class WebPair : IAsyncDisposable
{
    public const int MaxAge = 1_800_000;

    private readonly WebApplication _ours;
    private readonly NodeStore _node;

    private WebPair(WebApplication ours, NodeStore node, Uri express)
    {
        _ours = ours;
        _node = node;
        Express = express;
        Ours = new Uri(ours.Urls.Single());
    }

    public Uri Express { get; }

    public Uri Ours { get; }

    public static async Task<WebPair> StartAsync(BothRuntimes runtimes, Backend backend, bool hasLifetime, object? maxAgeInNode = null)
    {
        var options = Options(hasLifetime ? MaxAge : null);

        // Node is there first: connect-pg-simple creates its table by a statement that fails where another does so at the same time.
        var node = await runtimes.OpenRunningAsync(backend);
        var express = await node.ServeAsync(maxAgeInNode is null ? options : Options(maxAgeInNode));
        using (await runtimes.Http.GetAsync(new Uri(express, "/store/get?sid=nobody"))) { }

        var ours = InteropApp.Create("http://127.0.0.1:0", backend.AddTo, JsonSerializer.Serialize(options));
        await ours.StartAsync();
        return new WebPair(ours, node, express);
    }

    private static object Options(object? maxAge) =>
        new
        {
            secret = "the secret of both, long enough for anybody",
            resave = false,
            saveUninitialized = false,
            cookie = new { maxAge },
        };

    public async ValueTask DisposeAsync()
    {
        await _ours.DisposeAsync();
        await _node.DisposeAsync();
    }
}
