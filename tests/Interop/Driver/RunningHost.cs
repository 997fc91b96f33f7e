namespace ServerSessions.Interop.Driver;

/// <summary>A host that serves the protocol with one options object, on a free loopback port.</summary>
internal sealed class RunningHost(Uri address, Func<ValueTask> stop) : IAsyncDisposable
{
    public Uri Address { get; } = address;

    public ValueTask DisposeAsync() => stop();
}
