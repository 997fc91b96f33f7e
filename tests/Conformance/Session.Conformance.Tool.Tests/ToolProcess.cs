using System.Reflection;

namespace ServerSessions.Conformance.Tool.Tests;

/// <summary>The tool as a process of its own.</summary>
internal static class ToolProcess
{
    public static string Program { get; } = Metadata("Tool");

    /// <summary>The version of the kit, which is the tool's too.</summary>
    public static string Kit { get; } = typeof(ConformanceRunner).Assembly.GetName().Version!.ToString(3);

    public static string CustomStore { get; } = Metadata("CustomStore");

    public static string Harnesses { get; } = Metadata("Harnesses");

    public static Task<ProgramRun> RunHarnessAsync(string harness, params string[] arguments) =>
        RunAsync(["run", Harnesses, "--harness", harness, .. arguments]);

    public static Task<ProgramRun> RunAsync(params string[] arguments) => ProgramRun.RunAsync("dotnet", [Program, .. arguments]);

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
