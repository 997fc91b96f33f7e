namespace ServerSessions.Interop.Driver;

/// <summary>
/// What all tests of an assembly share: the Node process with express-session, if it can be had, and a client without a cookie jar.
/// </summary>
public sealed class InteropHosts : IAsyncLifetime
{
    private NodeTwin? _twin;
    private string? _whyUnavailable;

    internal HttpClient Http { get; } =
        new(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                UseProxy = false,
            },
            disposeHandler: true
        );

    public async ValueTask InitializeAsync()
    {
        _whyUnavailable = await NodeTwin.WhyUnavailableAsync();
        _twin = _whyUnavailable is null ? NodeTwin.Start() : null;
    }

    /// <summary>Ends the calling test as skipped, with the reason, where express-session cannot be run.</summary>
    internal void SkipWhereExpressIsUnavailable() => Assert.SkipWhen(_whyUnavailable is not null, _whyUnavailable ?? "");

    internal async Task<RunningHost> StartExpressAsync(StoreKind store, string optionsJson)
    {
        var twin = _twin!;
        var address = await twin.StartServerAsync(store == StoreKind.Sqlite ? "table" : "memory", optionsJson);
        return new RunningHost(address, () => new ValueTask(twin.StopServerAsync(address)));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_twin is not null)
        {
            await _twin.DisposeAsync();
        }
    }
}
