using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace ServerSessions.Conformance.Tool.Commands;

internal sealed class ListSettings : CommandSettings
{
    [CommandOption("--case <GROUP>")]
    [Description("Only this group (TCH). May be repeated, or hold several with commas.")]
    public string[] Cases { get; init; } = [];

    [CommandOption("--level <LEVEL>")]
    [Description("Only this level: preflight, required, recommended, optional, hardened. May be repeated, or hold several with commas.")]
    public string[] Levels { get; init; } = [];
}

/// <summary><c>list</c>: a line for each case.</summary>
internal sealed class ListCommand : Command<ListSettings>
{
    public override int Execute(CommandContext context, ListSettings settings, CancellationToken cancellationToken)
    {
        var cases = Selection.Cases(settings.Cases);
        var levels = Selection.Levels(settings.Levels);
        foreach (var item in ConformanceCatalogue.Cases.Where(item => levels?.Contains(item.Level) ?? true))
        {
            if (
                cases?.Any(name =>
                    name.Equals(item.Id, StringComparison.OrdinalIgnoreCase) || name.Equals(item.Group, StringComparison.OrdinalIgnoreCase)
                )
                ?? true
            )
            {
                var level = item.Level.ToString().ToLowerInvariant();
                Terminal.Out.WriteHanging($"{item.Id,-8}  {level,-11}  {item.Rule}", indent: 23);
            }
        }

        return ExitCodes.Success;
    }
}
