using System.Diagnostics;

namespace ServerSessions.Stores.File.Tests;

/// <summary>Runs a program to its end.</summary>
internal static class Shell
{
    public static void Run(string program, params string[] arguments) => Assert.True(TryRun(program, arguments), $"{program} failed.");

    public static bool TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true }
        )!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
