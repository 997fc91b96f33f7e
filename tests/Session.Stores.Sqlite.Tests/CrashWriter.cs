using System.Diagnostics;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>Starts the program tests/Session.Stores.Sqlite.CrashWriter, whose files lie beside the tests.</summary>
internal static class CrashWriter
{
    public static Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Session.Stores.Sqlite.CrashWriter.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
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
