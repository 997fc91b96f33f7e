namespace Session.Interop.Differential.Hosts;

/// <summary>What all tests of the assembly share: the Node process, and a client without a cookie jar.</summary>
public sealed class InteropHosts : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false }, disposeHandler: true);
    private NodeTwin? _twin;
    private string? _whyUnavailable;

    public async ValueTask InitializeAsync()
    {
        _whyUnavailable = await NodeTwin.WhyUnavailableAsync();
        _twin = _whyUnavailable is null ? NodeTwin.Start() : null;
    }

    /// <summary>Ends the calling test as skipped, with the reason, where express-session cannot be run.</summary>
    internal void SkipWhereUnavailable() => Assert.SkipWhen(_whyUnavailable is not null, _whyUnavailable ?? "");

    internal Task<HostPair> StartAsync(string optionsJson) => HostPair.StartAsync(_http, _twin!, optionsJson);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_twin is not null)
        {
            await _twin.DisposeAsync();
        }
    }
}
