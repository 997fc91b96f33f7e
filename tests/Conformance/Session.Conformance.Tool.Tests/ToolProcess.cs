using System.Diagnostics;
using System.Reflection;

namespace ServerSessions.Conformance.Tool.Tests;

/// <summary>The tool as a process of its own.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n');
}

internal static class ToolProcess
{
    // Ten times what the slowest takes on a busy machine; a run that hangs is a failure, not a wait.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static string Program { get; } = Metadata("Tool");

    /// <summary>The version of the kit, which is the tool's too.</summary>
    public static string Kit { get; } = typeof(ConformanceRunner).Assembly.GetName().Version!.ToString(3);

    public static string CustomStore { get; } = Metadata("CustomStore");

    public static string Harnesses { get; } = Metadata("Harnesses");

    public static Task<ToolRun> RunHarnessAsync(string harness, params string[] arguments) =>
        RunAsync(["run", Harnesses, "--harness", harness, .. arguments]);

    public static Task<ToolRun> RunAsync(params string[] arguments) => RunAsync("dotnet", [Program, .. arguments], []);

    public static async Task<ToolRun> RunAsync(string program, string[] arguments, Dictionary<string, string?> environment)
    {
        using var process = Start(program, arguments, environment);
        using var timeout = new CancellationTokenSource(Limit);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new ToolRun(process.ExitCode, (await output).ReplaceLineEndings("\n"), (await error).ReplaceLineEndings("\n"));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public static Process Start(string program, string[] arguments, Dictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static string Metadata(string key) =>
        typeof(ToolProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-conformance-");

    public string Path => _folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
