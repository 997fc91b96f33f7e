using ServerSessions.Conformance.Tool.Loading;
using ServerSessions.Conformance.Tool.Output;
using Spectre.Console;
using Spectre.Console.Cli;

namespace ServerSessions.Conformance.Tool.Commands;

/// <summary><c>run</c>: a verdict on the store of one harness.</summary>
internal sealed class RunCommand : AsyncCommand<RunSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, RunSettings settings, CancellationToken cancellationToken)
    {
        var assembly = HarnessAssembly.Load(settings.Assembly);
        if (assembly.MissingWarning is { } warning)
        {
            Terminal.Error.WriteHanging(warning, indent: 9);
        }

        var harness = assembly.Create(settings.Harness);
        var options = new ConformanceRunOptions
        {
            Cases = Selection.Cases(settings.Cases),
            Levels = Selection.Levels(settings.Levels),
            Seed = settings.Seed,
            AtOnce = settings.AtOnce,
            SearchTime = TimeSpan.FromSeconds(settings.Search),
            RepeatLine = item => CommandLine.Repeat(settings, assembly, harness.GetType(), item),
        };
        using var scope = assembly.Enter();
        var report = await RunAsync(harness, options, cancellationToken);
        var files = ReportFiles.Write(report, ReportKinds(settings), settings.Output ?? ".");
        RunView.Summary(Terminal.Out, report, files);
        return report.ExitCode(settings.Strict);
    }

    private static async Task<ConformanceReport> RunAsync(
        SessionStoreHarness harness,
        ConformanceRunOptions options,
        CancellationToken cancellationToken
    )
    {
        var runner = new ConformanceRunner(harness, options);
        ConformanceReport report;
        try
        {
            if (runner.Cases.Count == 0)
            {
                throw new ToolException("No case is both of these levels and among these cases.");
            }

            RunView.Header(Terminal.Out, harness, options);
            report = await RunView.WatchAsync(Terminal.Out, runner, cancellationToken);
        }
        catch
        {
            await DisposeAsync(runner);
            throw;
        }

        return await DisposeAsync(runner) is { } error
            ? throw new ToolException(
                $"{harness.GetType().Name}.DisposeAsync threw {error.GetType().Name}: {error.Message}",
                ExitCodes.Unusable,
                error
            )
            : report;
    }

    private static async Task<Exception?> DisposeAsync(ConformanceRunner runner)
    {
        try
        {
            await runner.DisposeAsync();
            return null;
        }
#pragma warning disable CA1031 // Any exception of the harness is reported as the harness's.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error;
        }
    }

    private static ReportKind[] ReportKinds(RunSettings settings) =>
        Selection.Kinds<ReportKind>(settings.Reports, "report") switch
        {
            [] when settings.Output is not null => [ReportKind.Md, ReportKind.Json],
            var kinds => kinds,
        };
}
