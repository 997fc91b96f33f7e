using System.Diagnostics;
using System.Reflection;

namespace Demo.Tests;

/// <summary>The demo as a process of its own on a free loopback port.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private volatile bool _isKilled;

    private DemoProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Whether the kill has been asked for: an error that a client sees before is one of the demo's.</summary>
    public bool IsKilled => _isKilled;

    public static Task<DemoProcess> StartAsync(string databaseFile) => StartOnAsync("sqlite:" + databaseFile);

    /// <summary>Starts it on the store that a URL names.</summary>
    public static async Task<DemoProcess> StartOnAsync(string storeUrl)
    {
        var process = Launch(storeUrl);
        using var timeout = new CancellationTokenSource(StartTimeout);
        var output = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            output.Add(line);
            var at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at >= 0)
            {
                // From here on the output is read so that the pipe never fills.
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new DemoProcess(process, new Uri(line[(at + Listening.Length)..]));
            }
        }

        await process.WaitForExitAsync(timeout.Token);
        throw new InvalidOperationException($"The demo ended with {process.ExitCode}.\n{string.Join('\n', output)}");
    }

    /// <summary>Runs the demo where it is expected not to start.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(string databaseFile)
    {
        using var process = Launch("sqlite:" + databaseFile);
        using var timeout = new CancellationTokenSource(StartTimeout);
        var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, output);
    }

    public Browser NewBrowser() => new(Address);

    /// <summary>SIGKILL: nothing is flushed, nobody is told.</summary>
    public async Task KillAsync()
    {
        _isKilled = true;
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static Process Launch(string storeUrl)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            // Both streams through one, so that neither can fill up unread.
            RedirectStandardOutput = true,
            RedirectStandardError = false,
            ArgumentList =
            {
                Metadata("DemoProgram"),
                "--contentRoot",
                Metadata("DemoFolder"),
                "--urls",
                "http://127.0.0.1:0",
                "--store",
                storeUrl,
                "--secret",
                "the demo's secret in its tests, long enough",
            },
        };
        return Process.Start(start)!;
    }

    private static string Metadata(string key) =>
        typeof(DemoProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
