using System.Diagnostics;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>Starts the program of the hosts as a process of its own, which ends when its input does.</summary>
internal static class HostProgram
{
    /// <summary>Where the program lies.</summary>
    public static string File { get; } = Path.Combine(AppContext.BaseDirectory, "Session.Trust.Host.dll");

    /// <summary>Starts it.</summary>
    /// <param name="arguments">What it is told.</param>
    /// <param name="user">The number of who it runs as, if that is not who runs the tests; takes root.</param>
    public static Process Start(IEnumerable<string> arguments, string? user = null)
    {
        string[] command = [.. As(user), Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", File, .. arguments];
        return Process.Start(
            new ProcessStartInfo(command[0], command[1..])
            {
                WorkingDirectory = Path.GetTempPath(),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }

    /// <summary>A line that it says.</summary>
    /// <exception cref="InvalidOperationException">It has ended instead.</exception>
    public static async Task<string> ReadLineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync().WithinBoundAsync("a line of a host")
        ?? throw new InvalidOperationException($"A host has ended: {await process.StandardError.ReadToEndAsync()}");

    /// <summary>
    /// What begins a command that someone else runs; setpriv replaces itself by the program, so that the process is the program's.
    /// </summary>
    public static string[] As(string? user) =>
        user is null ? [] : ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", "--"];
}
