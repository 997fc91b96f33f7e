using ServerSessions.Conformance.Tool.Commands;
using ServerSessions.Conformance.Tool.Output;
using Spectre.Console;
using Spectre.Console.Cli;

namespace ServerSessions.Conformance.Tool;

/// <summary>The commands, and what becomes of their errors.</summary>
internal static class App
{
    public const string Name = "session-conformance";

    public static CommandApp Create()
    {
        var app = new CommandApp();
        app.Configure(static config =>
        {
            config.SetApplicationName(Name);
            config.SetApplicationVersion(KitVersion);
            config.ConfigureConsole(Terminal.Out);
            config.UseStrictParsing();
            config.TrimTrailingPeriods(false);
            config.HideOptionDefaultValues();
            config.SetExceptionHandler(static (error, _) => Explain(error));
            config
                .AddCommand<RunCommand>("run")
                .WithDescription("Runs the kit on the harness in an assembly and says whether its store is a session store.")
                .WithExample("run", "bin/Release/net10.0/MyStore.Tests.dll")
                .WithExample("run", "MyStore.Tests.dll", "--case", "TCH-04", "--seed", "7")
                .WithExample("run", "MyStore.Tests.dll", "--report", "md,json,junit,badge", "--output", "conformance");
            config.AddCommand<ListCommand>("list").WithDescription("Lists the cases.").WithExample("list", "--level", "required");
            config
                .AddCommand<ExplainCommand>("explain")
                .WithDescription("Explains a case or a group: the rule, why it matters, what is usually wrong.")
                .WithExample("explain", "TCH-04");
            config
                .AddCommand<MatrixCommand>("matrix")
                .WithDescription("Puts the JSON reports of several stores side by side.")
                .WithExample("matrix", "conformance/*.json", "--output", "docs");
            config
                .AddCommand<CompletionCommand>("completion")
                .WithDescription("Prints a script that lets bash, zsh or fish complete commands, options and cases.")
                .WithExample("completion", "bash");
        });
        return app;
    }

    public static string KitVersion { get; } = typeof(ConformanceRunner).Assembly.GetName().Version!.ToString(3);

    private static int Explain(Exception error)
    {
        switch (error)
        {
            case OperationCanceledException:
                Terminal.Error.WriteLine("interrupted");
                return ExitCodes.Interrupted;
            case ToolException known:
                Terminal.Error.MarkupLineInterpolated($"[red]error:[/] {PrintableText.Of(known.Message)}");
                return known.ExitCode;
            case CommandAppException:
                Terminal.Error.MarkupLineInterpolated($"[red]error:[/] {PrintableText.Of(error.Message)}");
                Terminal.Error.WriteLine($"'{Name} --help' shows what there is.");
                return ExitCodes.BadUsage;
            default:
                Terminal.Error.MarkupLineInterpolated($"[red]error:[/] {PrintableText.Of(error.ToString())}");
                return ExitCodes.Unusable;
        }
    }
}
