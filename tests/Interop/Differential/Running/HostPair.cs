using ServerSessions.Interop.Driver;

namespace ServerSessions.Interop.Differential.Running;

/// <summary>The two hosts with the same options, each on the store of a kind.</summary>
internal sealed class HostPair : IAsyncDisposable
{
    private readonly RunningHost _express;
    private readonly RunningHost _project;

    private HostPair(HttpClient http, RunningHost express, RunningHost project)
    {
        Http = http;
        _express = express;
        _project = project;
    }

    public HttpClient Http { get; }

    public Uri Express => _express.Address;

    public Uri Project => _project.Address;

    public static async Task<HostPair> StartAsync(InteropHosts hosts, StoreKind store, string optionsJson) =>
        new(hosts.Http, await hosts.StartExpressAsync(store, optionsJson), await ProjectHost.StartAsync(store, optionsJson));

    public async ValueTask DisposeAsync()
    {
        await _express.DisposeAsync();
        await _project.DisposeAsync();
    }
}
