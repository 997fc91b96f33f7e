using ServerSessions.Conformance.Tool.Commands;

namespace ServerSessions.Conformance.Tool.Output;

/// <summary>The files of a run, named after the store so that the reports of several stores fit in one folder.</summary>
internal static class ReportFiles
{
    /// <returns>The files that were written.</returns>
    public static IReadOnlyList<string> Write(ConformanceReport report, IReadOnlyCollection<ReportKind> kinds, string folder) =>
        [.. kinds.Select(kind => Write(folder, FileName(report.StoreName) + Extension(kind), Text(report, kind)))];

    public static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(path, text);
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path} cannot be written: {error.Message}", innerException: error);
        }
    }

    private static string Extension(ReportKind kind) =>
        kind switch
        {
            ReportKind.Md => ".md",
            ReportKind.Json => ".json",
            ReportKind.Junit => ".junit.xml",
            _ => ".badge.json",
        };

    private static string Text(ConformanceReport report, ReportKind kind) =>
        kind switch
        {
            ReportKind.Md => report.ToMarkdown(),
            ReportKind.Json => report.ToJson(),
            ReportKind.Junit => report.ToJUnit(),
            _ => report.ToBadge(),
        };

    private static string FileName(string store) =>
        string.Concat(store.Select(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('.')
            is { Length: > 0 } name
            ? name
            : "store";
}
