using System.ComponentModel;
using Spectre.Console.Cli;

namespace ServerSessions.Conformance.Tool.Commands;

internal sealed class CompletionSettings : CommandSettings
{
    [CommandArgument(0, "<SHELL>")]
    [Description("bash, zsh or fish.")]
    public string Shell { get; init; } = "";
}

/// <summary><c>completion</c>: a script that lets a shell complete commands, options, cases and levels.</summary>
internal sealed class CompletionCommand : Command<CompletionSettings>
{
    public override int Execute(CommandContext context, CompletionSettings settings, CancellationToken cancellationToken)
    {
        Console.Out.Write(
            settings.Shell switch
            {
                "bash" => CompletionScripts.Bash(),
                "zsh" => CompletionScripts.Zsh(),
                "fish" => CompletionScripts.Fish(),
                _ => throw new ToolException(
                    $"There is no completion for {settings.Shell}. There are: {string.Join(", ", CompletionWords.Shells)}."
                ),
            }
        );
        return ExitCodes.Success;
    }
}
