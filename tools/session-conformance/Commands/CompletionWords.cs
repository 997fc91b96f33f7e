using System.Reflection;
using Spectre.Console.Cli;

namespace ServerSessions.Conformance.Tool.Commands;

/// <summary>The words that a shell completes, taken from the commands and the catalogue.</summary>
internal static class CompletionWords
{
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    public static IReadOnlyList<(string Name, Type Settings)> Commands { get; } =
        [
            ("run", typeof(RunSettings)),
            ("list", typeof(ListSettings)),
            ("explain", typeof(ExplainSettings)),
            ("matrix", typeof(MatrixSettings)),
            ("completion", typeof(CompletionSettings)),
        ];

    /// <summary>The options that take one of some words.</summary>
    public static IReadOnlyList<(string Option, IReadOnlyList<string> Values)> Values { get; } =
        [("case", Cases()), ("level", Names<CaseLevel>()), ("report", Names<ReportKind>())];

    /// <summary>The commands whose argument is one of some words.</summary>
    public static IReadOnlyList<(string Command, IReadOnlyList<string> Values)> Arguments { get; } =
        [("explain", Cases()), ("completion", Shells)];

    /// <summary>The options of a command, without their hyphens.</summary>
    public static IEnumerable<string> OptionsOf(Type settings) =>
        settings
            .GetProperties()
            .Select(static property => property.GetCustomAttribute<CommandOptionAttribute>())
            .OfType<CommandOptionAttribute>()
            .SelectMany(static option => option.LongNames)
            .Append("help");

    private static string[] Cases() =>
        [
            .. ConformanceCatalogue.Cases.Select(static item => item.Group).Distinct(),
            .. ConformanceCatalogue.Cases.Select(static item => item.Id),
        ];

    private static string[] Names<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(static name => name.ToLowerInvariant())];
}
