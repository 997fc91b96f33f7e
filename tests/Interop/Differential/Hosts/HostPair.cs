using Microsoft.AspNetCore.Builder;
using Session.Interop.Host;

namespace Session.Interop.Differential.Hosts;

/// <summary>The two hosts with the same options: express-session in the Node process, this project in this one. Both on free loopback ports.</summary>
internal sealed class HostPair : IAsyncDisposable
{
    private readonly NodeTwin _twin;
    private readonly WebApplication _app;

    private HostPair(HttpClient http, NodeTwin twin, Uri express, WebApplication app)
    {
        Http = http;
        _twin = twin;
        _app = app;
        Express = express;
        Project = new Uri(app.Urls.Single());
    }

    public HttpClient Http { get; }

    public Uri Express { get; }

    public Uri Project { get; }

    public static async Task<HostPair> StartAsync(HttpClient http, NodeTwin twin, string optionsJson)
    {
        var app = InteropApp.Create("http://127.0.0.1:0", "memory", optionsJson);
        await app.StartAsync();
        return new HostPair(http, twin, await twin.StartServerAsync(optionsJson), app);
    }

    public async ValueTask DisposeAsync()
    {
        await _twin.StopServerAsync(Express);
        await _app.DisposeAsync();
    }
}
