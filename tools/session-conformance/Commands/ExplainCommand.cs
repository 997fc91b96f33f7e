using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace ServerSessions.Conformance.Tool.Commands;

internal sealed class ExplainSettings : CommandSettings
{
    [CommandArgument(0, "<CASE>")]
    [Description("The id of a case (TCH-04) or of a group (TCH).")]
    public string Case { get; init; } = "";
}

/// <summary><c>explain</c>: all that the catalogue says about a case, or about each case of a group.</summary>
internal sealed class ExplainCommand : Command<ExplainSettings>
{
    public override int Execute(CommandContext context, ExplainSettings settings, CancellationToken cancellationToken)
    {
        var items = ConformanceCatalogue
            .Cases.Where(item =>
                item.Id.Equals(settings.Case, StringComparison.OrdinalIgnoreCase)
                || item.Group.Equals(settings.Case, StringComparison.OrdinalIgnoreCase)
            )
            .ToArray();
        if (items.Length == 0)
        {
            throw new ToolException(Selection.Unknown(settings.Case));
        }

        foreach (var (item, isFirst) in items.Select(static (item, i) => (item, i == 0)))
        {
            if (!isFirst)
            {
                Terminal.Out.WriteLine();
            }

            Explain(item);
        }

        return ExitCodes.Success;
    }

    private static void Explain(ConformanceCase item)
    {
        Terminal.Out.WriteHanging(item.ToString(), indent: 2, new Style(decoration: Decoration.Bold));
        Line(
            "level",
            item.Level switch
            {
                CaseLevel.Preflight => "preflight: if it fails, the harness is unusable, or the store does not keep to what it was given",
                CaseLevel.Required => "required: if it fails, this is no session store",
                CaseLevel.Recommended => "recommended: if it fails, this is a session store with a weakness that users will notice",
                CaseLevel.Optional => "optional: if it fails, an optional ability of the store does not work",
                _ => "hardened: if it fails, a protection of the store against races, failures or clocks does not work",
            }
        );
        Line("consequence", item.WhyItMatters);
        foreach (var cause in item.UsualCauses)
        {
            Line("usual cause", cause);
        }

        if (item.Needs != CaseNeeds.None)
        {
            Line(
                "needs",
                string.Join(
                    "; ",
                    Enum.GetValues<CaseNeeds>().Where(need => need != CaseNeeds.None && item.Needs.HasFlag(need)).Select(NeedWords.Of)
                )
            );
        }

        if (item.IsStochastic)
        {
            Line("races", "calls run against each other: one passing run is no proof, a failing one is");
        }
    }

    private static void Line(string name, string text) => Terminal.Out.WriteHanging("  " + (name + ":").PadRight(13) + text, indent: 15);
}
