using System.ComponentModel;
using System.Text.Json;
using ServerSessions.Conformance.Tool.Output;
using Spectre.Console;
using Spectre.Console.Cli;

namespace ServerSessions.Conformance.Tool.Commands;

internal sealed class MatrixSettings : CommandSettings
{
    [CommandArgument(0, "<REPORTS>")]
    [Description("The JSON reports of runs, a column each; * stands for any part of a file's name.")]
    public string[] Reports { get; init; } = [];

    [CommandOption("--output <FOLDER>")]
    [Description("Write conformance-matrix.md and conformance-matrix.html there. Default: the Markdown goes to the terminal.")]
    public string? Output { get; init; }
}

/// <summary><c>matrix</c>: several stores side by side.</summary>
internal sealed class MatrixCommand : Command<MatrixSettings>
{
    public override int Execute(CommandContext context, MatrixSettings settings, CancellationToken cancellationToken)
    {
        var matrix = new ConformanceMatrix();
        foreach (var file in settings.Reports.SelectMany(Expand))
        {
            Add(matrix, file);
        }

        if (matrix.Stores.Count == 0)
        {
            throw new ToolException("None of these files is a report of a run.");
        }

        if (settings.Output is null)
        {
            Console.Out.Write(matrix.ToMarkdown());
            return ExitCodes.Success;
        }

        foreach (
            var (name, text) in (ReadOnlySpan<(string, string)>)
                [("conformance-matrix.md", matrix.ToMarkdown()), ("conformance-matrix.html", matrix.ToHtml())]
        )
        {
            Terminal.Out.WriteHanging($"written: {ReportFiles.Write(settings.Output, name, text)}", indent: 9);
        }

        return ExitCodes.Success;
    }

    // Shells on Windows leave a * to the program.
    private static IEnumerable<string> Expand(string pattern)
    {
        if (!Path.GetFileName(pattern).Contains('*', StringComparison.Ordinal))
        {
            return [pattern];
        }

        var folder = Path.GetDirectoryName(pattern) is { Length: > 0 } given ? given : ".";
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, Path.GetFileName(pattern)).Order(StringComparer.Ordinal) : [];
    }

    private static void Add(ConformanceMatrix matrix, string file)
    {
        try
        {
            var json = File.ReadAllText(file);
            if (IsBadge(json))
            {
                // They lie beside the reports, and "*.json" finds them too.
                Terminal.Error.WriteHanging($"left out: {file} is a badge", indent: 10);
                return;
            }

            matrix.AddJson(json);
        }
        catch (FormatException error)
        {
            throw new ToolException($"{file}: {error.Message}", innerException: error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{file} cannot be read: {error.Message}", innerException: error);
        }
    }

    private static bool IsBadge(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("schemaVersion", out _)
                && document.RootElement.TryGetProperty("label", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
