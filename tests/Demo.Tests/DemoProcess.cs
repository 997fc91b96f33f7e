using System.Diagnostics;
using System.Reflection;

namespace Demo.Tests;

/// <summary>The demo as a process of its own on a free loopback port.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private const string Secret = "ServerSessions__Secret";
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

    public static Task<DemoProcess> StartAsync(string databaseFile, params string[] settings) =>
        StartOnAsync("sqlite:" + databaseFile, settings);

    /// <summary>Starts it as on a developer's machine, with the switch that takes the store away.</summary>
    public static Task<DemoProcess> StartInDevelopmentAsync(string databaseFile, params string[] settings) =>
        StartAsync(databaseFile, ["--environment", "Development", .. settings]);

    /// <summary>Starts it on the store that a URL names.</summary>
    /// <param name="storeUrl">The URL.</param>
    /// <param name="settings">Further settings, as arguments.</param>
    public static Task<DemoProcess> StartOnAsync(string storeUrl, params string[] settings) => StartAsync(Describe(storeUrl, settings));

    /// <summary>Starts it in a folder, without naming a store.</summary>
    public static Task<DemoProcess> StartInAsync(DirectoryInfo folder)
    {
        var start = Describe(storeUrl: null);
        start.WorkingDirectory = folder.FullName;
        return StartAsync(start);
    }

    private static async Task<DemoProcess> StartAsync(ProcessStartInfo start)
    {
        var process = Process.Start(start)!;
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
    public static Task<(int ExitCode, string Output)> RunToEndAsync(string databaseFile) =>
        RunToEndAsync(Describe("sqlite:" + databaseFile));

    /// <summary>Runs the demo in an environment without a secret, from a folder that has nothing of it.</summary>
    public static Task<(int ExitCode, string Output)> RunWithoutSecretAsync(DatabaseFile database, string environment)
    {
        var start = Describe("sqlite:" + database.Path, "--contentRoot", database.Folder, "--environment", environment);
        start.Environment.Remove(Secret);
        return RunToEndAsync(start);
    }

    private static async Task<(int ExitCode, string Output)> RunToEndAsync(ProcessStartInfo start)
    {
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(StartTimeout);
        try
        {
            var texts = await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(timeout.Token),
                process.StandardError.ReadToEndAsync(timeout.Token)
            );
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, string.Concat(texts));
        }
        finally
        {
            process.Kill();
        }
    }

    public Browser NewBrowser() => new(Address);

    /// <summary>SIGKILL: nothing is flushed, no one is told.</summary>
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

    private static ProcessStartInfo Describe(string? storeUrl, params string[] settings)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Metadata("DemoProgram"), "--contentRoot", Metadata("DemoFolder"), "--urls", "http://127.0.0.1:0", .. settings]
        )
        {
            // Both streams through one, so that neither can fill up unread.
            RedirectStandardOutput = true,
            RedirectStandardError = false,
            Environment = { [Secret] = "the demo's secret in its tests, long enough" },
        };
        if (storeUrl is not null)
        {
            start.Environment["ServerSessions__Store"] = storeUrl;
        }

        return start;
    }

    private static string Metadata(string key) =>
        typeof(DemoProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
