using System.Diagnostics;
using System.Reflection;
using ServerSessions.Testing;

namespace Demo.Tests;

/// <summary>A sample as a process of its own on a free loopback port.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private SampleProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts a .NET program with a secret of its own.</summary>
    /// <param name="program">The metadata of this assembly that has the program's path.</param>
    public static Task<SampleProcess> StartAsync(string program) =>
        StartOnAsync(program, port: 0, "--ServerSessions:Secret", "the secret of a sample in its tests");

    /// <summary>Starts a .NET program.</summary>
    /// <param name="program">The metadata of this assembly that has the program's path.</param>
    /// <param name="port">The loopback port; 0: a free one.</param>
    /// <param name="settings">Settings, as arguments.</param>
    public static Task<SampleProcess> StartOnAsync(string program, int port, params string[] settings)
    {
        var path = PathOf(program);
        return LaunchAsync(
            new ProcessStartInfo("dotnet", [path, "--urls", $"http://127.0.0.1:{port}", .. settings])
            {
                WorkingDirectory = Path.GetDirectoryName(path),
                Environment = { ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information" },
            }
        );
    }

    /// <summary>Starts a program that writes which address it listens on, as ASP.NET Core does.</summary>
    public static async Task<SampleProcess> LaunchAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(StartTimeout);
        var output = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            output.Add(line);
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                // From here on the output is read so that the pipe never fills.
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new SampleProcess(process, new Uri(line[(at + Listening.Length)..]));
            }
        }

        await process.WaitForExitAsync(timeout.Token);
        throw new InvalidOperationException($"The sample ended with {process.ExitCode}.\n{string.Join('\n', output)}");
    }

    /// <summary>A path that the build has named.</summary>
    public static string PathOf(string key) =>
        typeof(SampleProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;

    /// <summary>Asks the program to end in good order, as a restart does, and waits until it has.</summary>
    public Task StopAsync()
    {
        Signals.Send(_process.Id, Signal.Terminate);
        return _process.WaitForExitAsync().WithinBoundAsync("the end of a sample that was asked to stop");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
