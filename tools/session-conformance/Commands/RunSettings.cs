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

    [CommandOption("--search <SECONDS>")]
    [Description("How long each case that searches at random goes on (CON-09, CON-10, LIN). Default: 5 seconds at most.")]
    public int Search { get; init; }

    [CommandOption("--at-once <N>")]
    [Description("How many independent cases run at the same time; 1: each case alone. Default: 8.")]
    public int AtOnce { get; init; } = 8;

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
            return Search < 0 ? ValidationResult.Error("--search takes seconds: 0 or more.")
                : AtOnce < 1 ? ValidationResult.Error("--at-once takes a number of cases: 1 or more.")
                : ValidationResult.Success();
        }
        catch (ToolException error)
        {
            return ValidationResult.Error(error.Message);
        }
    }
}
