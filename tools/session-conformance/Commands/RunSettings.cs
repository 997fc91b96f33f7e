using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace ServerSessions.Conformance.Tool.Commands;

internal sealed class RunSettings : CommandSettings
{
    [CommandArgument(0, "<ASSEMBLY>")]
    [Description("The built assembly that holds the harness.")]
    public string Assembly { get; init; } = "";

    [CommandOption("--harness <TYPE>")]
    [Description("The harness class, with or without its namespace. Required if there are several.")]
    public string? Harness { get; init; }

    [CommandOption("--case <ID>")]
    [Description("Only this case (TCH-04) or group (TCH). May be repeated, or hold several with commas.")]
    public string[] Cases { get; init; } = [];

    [CommandOption("--level <LEVEL>")]
    [Description("Only cases of this level: required, recommended, optional, hardened. May be repeated, or hold several with commas.")]
    public string[] Levels { get; init; } = [];

    [CommandOption("--report <KINDS>")]
    [Description("The files to write: md, json, junit, badge. Several with commas. Default with --output: md,json.")]
    public string[] Reports { get; init; } = [];

    [CommandOption("--output <FOLDER>")]
    [Description("The folder for the files; created if it does not exist. Default: the current folder.")]
    public string? Output { get; init; }

    [CommandOption("--seed <N>")]
    [Description("The seed of random ids, payloads and schedules. Default: 1.")]
    public int Seed { get; init; } = 1;

    [CommandOption("--strict")]
    [Description("End with 2 if only recommended cases failed.")]
    public bool Strict { get; init; }

    public override ValidationResult Validate()
    {
        try
        {
            Selection.Cases(Cases);
            Selection.Levels(Levels);
            Selection.Kinds<ReportKind>(Reports, "report");
            return ValidationResult.Success();
        }
        catch (ToolException error)
        {
            return ValidationResult.Error(error.Message);
        }
    }
}
