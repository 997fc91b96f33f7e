namespace Demo.Tests;

/// <summary>A demo that the tests of a class share: each visitor has a session of its own. Its slow request takes three seconds.</summary>
public sealed class RunningDemo : IAsyncLifetime
{
    private DemoProcess _demo = null!;

    internal DatabaseFile Database { get; } = new();

    internal Uri Address => _demo.Address;

    public async ValueTask InitializeAsync() => _demo = await DemoProcess.StartAsync(Database.Path, "--Demo:SlowRequest", "00:00:03");

    public async ValueTask DisposeAsync()
    {
        await _demo.DisposeAsync();
        Database.Dispose();
    }

    internal Browser NewBrowser() => _demo.NewBrowser();
}
