using System.Diagnostics;
using ServerSessions.Testing;

namespace Demo.Tests;

/// <summary>The sample with two instances: the proxy and the shop twice, each a process of its own, on one store.</summary>
internal sealed class TwoInstances : IAsyncDisposable
{
    private readonly string[] _names = ["one", "two"];
    private readonly int[] _ports = [FreePort.Find(), FreePort.Find()];
    private readonly SampleProcess[] _shops = new SampleProcess[2];
    private readonly string _store;
    private SampleProcess _proxy = null!;

    private TwoInstances(string store) => _store = store;

    /// <summary>Where visitors come to.</summary>
    public Uri Address => _proxy.Address;

    /// <summary>Where an instance listens.</summary>
    public Uri AddressOf(int instance) => _shops[instance].Address;

    public static async Task<TwoInstances> StartAsync(string store)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The instances are stopped with signals of Linux.");
        var sample = new TwoInstances(store);
        try
        {
            await Task.WhenAll(sample.StartShopAsync(0), sample.StartShopAsync(1), sample.StartProxyAsync());
            return sample;
        }
        catch
        {
            await sample.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops an instance in good order.</summary>
    public Task StopShopAsync(int instance) => _shops[instance].StopAsync();

    /// <summary>Starts an instance again, on its port.</summary>
    public async Task StartShopAgainAsync(int instance)
    {
        await _shops[instance].DisposeAsync();
        await StartShopAsync(instance);
    }

    /// <summary>Runs the script that the README and the workflow run.</summary>
    public async Task<(int ExitCode, string Output)> RunScriptAsync()
    {
        using var script = Process.Start(
            new ProcessStartInfo("bash", [SampleProcess.PathOf("TwoInstancesScript"), Address.ToString().TrimEnd('/')])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, errors) = (script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync().WithinBoundAsync("the script of the sample");
        return (script.ExitCode, await output + await errors);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in (SampleProcess?[])[_proxy, .. _shops])
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }
    }

    private async Task StartShopAsync(int instance) =>
        _shops[instance] = await SampleProcess.StartOnAsync(
            "TwoInstancesShop",
            _ports[instance],
            "--ServerSessions:Secret",
            "the secret of both instances in their tests",
            "--ServerSessions:Store",
            _store,
            "--Instance",
            _names[instance]
        );

    private async Task StartProxyAsync() =>
        _proxy = await SampleProcess.StartOnAsync(
            "TwoInstancesProxy",
            port: 0,
            [
                "--ReverseProxy:Clusters:shop:HealthCheck:Active:Interval",
                "00:00:00.2",
                .. _ports.Index().SelectMany(port =>
                    (string[])
                        [
                            $"--ReverseProxy:Clusters:shop:Destinations:{_names[port.Index]}:Address",
                            $"http://127.0.0.1:{port.Item}",
                        ]
                ),
            ]
        );
}
