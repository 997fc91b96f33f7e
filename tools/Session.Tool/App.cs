using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using ServerSessions.Tool.Commands;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool;

/// <summary>The commands, and what becomes of their errors.</summary>
internal static class App
{
    public const string Name = "session";

    private static readonly RootCommand Commands = Root();

    // @FILE names a file with a secret, which the option reads itself, and not a file with more of the command line.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    public static async Task<int> RunAsync(string[] args, Surroundings around, CancellationToken cancellationToken)
    {
        var line = Commands.Parse(args, Parsing);
        var report = CommonOptions.ReportOf(line, around);
        if (line.GetValue(CommonOptions.NoColor))
        {
            around.RemoveColors();
        }

        if (line.Errors.Count > 0 && line.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            return Misused(line, report);
        }

        try
        {
            return await line.InvokeAsync(around, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            report.Error("interrupted", ExitCodes.Interrupted);
            return ExitCodes.Interrupted;
        }
        catch (ToolException error)
        {
            report.Error(error.Message, error.ExitCode);
            return error.ExitCode;
        }
        catch (SessionStoreException error)
        {
            report.Error(error.Message, ExitCodes.Unusable);
            return ExitCodes.Unusable;
        }
#pragma warning disable CA1031 // A store of another project may throw any exception. Its text may hold an id, so only the type is shown.
        catch (Exception error)
#pragma warning restore CA1031
        {
            report.Error(
                $"The command failed with {error.GetType().FullName}. This is a fault of the tool or of the store.",
                ExitCodes.Unusable
            );
            return ExitCodes.Unusable;
        }
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Looks after the sessions of a store: lists, shows, counts, ends, prunes, copies and examines them.")
        {
            ListCommand.Create(),
            ShowCommand.Create(),
            CountCommand.Create(),
            UsersCommand.Create(),
            EndCommand.Create(),
            ClearCommand.Create(),
            PruneCommand.Create(),
            WatchCommand.Create(),
            DoctorCommand.Create(),
            CopyCommand.Create(),
            MoveCommand.Create(),
            CompletionCommand.Create(),
        };
        foreach (var option in CommonOptions.All)
        {
            root.Options.Add(option);
        }

        return root;
    }

    private static int Misused(ParseResult line, Report report)
    {
        report.Error(string.Join(" ", line.Errors.Select(static error => error.Message).Distinct()), ExitCodes.BadUsage);
        var command = line.CommandResult.Command is RootCommand ? "" : $" {line.CommandResult.Command.Name}";
        report.Remark($"'{Name}{command} --help' shows what there is.");
        return ExitCodes.BadUsage;
    }
}
