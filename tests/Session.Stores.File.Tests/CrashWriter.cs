using System.Diagnostics;

namespace ServerSessions.Stores.File.Tests;

/// <summary>Starts the program tests/Session.Stores.File.CrashWriter, whose files lie beside the tests.</summary>
internal static class CrashWriter
{
    public static Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Session.Stores.File.CrashWriter.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end, with something that the shell does before.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string before, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Session.Stores.File.CrashWriter.dll");
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo("sh", ["-c", $"{before}; exec \"$@\"", "sh", dotnet, program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
        return output;
    }

    public static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }
}
