using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using ServerSessions.Tools;

namespace ServerSessions.Tool.Tests;

/// <summary>
/// The tool, on a store that <c>SESSION_STORE</c> names: in this process, or as a process of its own if signals, terminals or the
/// assemblies that it loads matter.
/// </summary>
internal static class Tool
{
    public static string Program { get; } = Metadata("Tool");

    public static string CustomStore { get; } = Metadata("CustomStore");

    public static string Page { get; } = Metadata("Page");

    public static string HelpFolder { get; } = Metadata("Help");

    /// <summary>Runs the tool in this process, with streams of its own.</summary>
    public static Task<ProgramRun> RunAsync(string? store, params string[] arguments) => RunWithAsync(Environment(store), "", arguments);

    /// <summary>Runs the tool in this process, with variables and an input of its own.</summary>
    public static async Task<ProgramRun> RunWithAsync(
        IReadOnlyDictionary<string, string?> variables,
        string input,
        params string[] arguments
    )
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var around = new Surroundings(
            new StringReader(input),
            canAsk: false,
            Terminal.Create(TextWriter.Synchronized(output), isRedirected: true),
            Terminal.Create(TextWriter.Synchronized(error), isRedirected: true),
            variables.GetValueOrDefault
        );
        var exitCode = await App.RunAsync(arguments, around, TestContext.Current.CancellationToken);
        return new ProgramRun(exitCode, $"{output}".ReplaceLineEndings("\n"), $"{error}".ReplaceLineEndings("\n"));
    }

    /// <summary>Runs the tool as its user does.</summary>
    public static Task<ProgramRun> RunProcessAsync(string? store, params string[] arguments) =>
        ProgramRun.RunAsync("dotnet", [Program, .. arguments], Environment(store));

    /// <summary>Runs the tool with <c>--json</c>, and returns what it wrote: an object for each line.</summary>
    public static async Task<(int ExitCode, JsonElement[] Objects)> JsonAsync(string? store, params string[] arguments)
    {
        var run = await RunAsync(store, [.. arguments, "--json"]);
        return (run.ExitCode, Objects(run.Output));
    }

    public static Process Start(string? store, params string[] arguments) =>
        ProgramRun.Start("dotnet", [Program, .. arguments], Environment(store));

    /// <summary>Runs the tool in a terminal, and types a reply.</summary>
    public static Task<ProgramRun> InTerminalAsync(
        string store,
        string arguments,
        string reply,
        Dictionary<string, string?>? environment = null
    ) =>
        ProgramRun.InTerminalAsync(
            $"dotnet '{Program}' {arguments}",
            new Dictionary<string, string?>(environment ?? []) { ["SESSION_STORE"] = store },
            reply
        );

    public static JsonElement[] Objects(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];

    public static Dictionary<string, string?> Environment(string? store) => new() { ["SESSION_STORE"] = store };

    private static string Metadata(string key) =>
        typeof(Tool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
