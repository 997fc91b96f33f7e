using System.Globalization;
using Spectre.Console;

namespace ServerSessions.Conformance.Tool.Output;

/// <summary>What a run looks like while it goes on and when it has ended.</summary>
internal static class RunView
{
    // One hole fails many cases; who reads wants the causes, the worst first.
    private const int ExplainedAtMost = 5;

    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);
    private static readonly Style Weak = new(Color.Yellow);
    private static readonly Style Faint = new(decoration: Decoration.Dim);

    public static void Header(IAnsiConsole console, SessionStoreHarness harness, ConformanceRunOptions options)
    {
        var backend = harness.Backend.Length > 0 ? $" ({PrintableText.Line(harness.Backend)})" : "";
        console.WriteHanging(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{PrintableText.Line(harness.Name)}{backend}: kit {App.KitVersion}, contract {ConformanceCatalogue.ContractVersion}, "
                    + $"{harness.Time.ToString().ToLowerInvariant()} time, seed {options.Seed}"
            ),
            indent: 2,
            new Style(decoration: Decoration.Bold)
        );
        console.WriteLine();
    }

    /// <summary>Runs the cases. Writes a line for each finished group and, on a terminal, a progress bar.</summary>
    public static async Task<ConformanceReport> WatchAsync(
        IAnsiConsole console,
        ConformanceRunner runner,
        CancellationToken cancellationToken
    )
    {
        if (await runner.UnavailableAsync(cancellationToken) is not null)
        {
            return await runner.RunAsync(cancellationToken: cancellationToken);
        }

        if (!console.IsInteractive())
        {
            return await runner.RunAsync(new GroupLines(console, runner.Cases, _ => { }), cancellationToken);
        }

        return await console
            .Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 30 }, new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("preflight", maxValue: runner.Cases.Count);
                var done = 0;
                return await runner.RunAsync(new GroupLines(console, runner.Cases, result =>
                    {
                        bar.Increment(1);
                        bar.Description = string.Create(
                            CultureInfo.InvariantCulture,
                            $"{++done} of {runner.Cases.Count}, {result.Case.Id}"
                        );
                    }), cancellationToken);
            });
    }

    public static void Summary(IAnsiConsole console, ConformanceReport report, IReadOnlyList<string> files)
    {
        var failed = report.Failures.Where(static result => result.Outcome != CaseOutcome.Blocked).ToArray();
        var explained = failed.Where(result => report.CauseOf(result) is null).Take(ExplainedAtMost).ToArray();
        foreach (var result in explained)
        {
            console.WriteLine();
            Failure(console, report.Explain(result));
        }

        Rest(console, report, [.. failed.Except(explained)]);
        if (report.Unavailable is null)
        {
            NotRun(console, report);
            console.WriteLine();
        }

        console.WriteHanging(
            report.Verdict,
            indent: 2,
            report.ExitCode() > 0 ? Bad
                : failed.Length > 0 ? Weak
                : Good
        );
        foreach (var file in files)
        {
            console.WriteHanging($"written: {file}", indent: 9, Faint);
        }
    }

    /// <summary>What is not explained: what follows from a failure above, and other causes.</summary>
    private static void Rest(IAnsiConsole console, ConformanceReport report, CaseResult[] rest)
    {
        if (rest.Length == 0)
        {
            return;
        }

        console.WriteLine();
        console.WriteHanging(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rest.Length} more {(rest.Length == 1 ? "case" : "cases")} failed. With --case they are explained, and with --report md "
                    + $"in the file:"
            ),
            indent: 2
        );
        foreach (var group in rest.GroupBy(report.CauseOf).OrderBy(static group => group.Key is null ? 0 : 1))
        {
            if (group.Key is { } cause)
            {
                var ids = string.Join(", ", group.Select(static result => result.Case.Id));
                console.WriteHanging($"  probably follow from {cause.Case.Id}: {ids}", indent: 4, Faint);
                continue;
            }

            foreach (var result in group)
            {
                console.WriteHanging($"  {result.Case}", indent: 4, Bad);
            }
        }
    }

    // Continuation lines are indented below the text of "  expected:    …" and of the calls of a transcript.
    private static void Failure(IAnsiConsole console, string explanation)
    {
        var lines = explanation.Split('\n');
        console.WriteHanging(lines[0], indent: 2, new Style(Color.Red, decoration: Decoration.Bold));
        foreach (var line in lines.Skip(1))
        {
            var label = line.StartsWith("    ", StringComparison.Ordinal) ? "" : line[..Math.Min(15, line.Length)].Trim();
            // A command is copied, so it stays one line; the terminal breaks it and forgets the break.
            console.WriteHanging(
                line,
                label is "repeat:" ? line.Length : 15,
                label is "observed:" ? Bad
                    : label.Length > 0 ? Style.Plain
                    : Faint
            );
        }
    }

    private static void NotRun(IAnsiConsole console, ConformanceReport report)
    {
        var reasons = report
            .Results.Where(static result =>
                result.Outcome is CaseOutcome.NotDeclared or CaseOutcome.Untested or CaseOutcome.Inconclusive or CaseOutcome.Waived
            )
            .GroupBy(static result => (result.Outcome, result.Message))
            .ToArray();
        if (reasons.Length == 0)
        {
            return;
        }

        console.WriteLine();
        console.WriteHanging("Not passed and not failed:", indent: 2);
        foreach (var reason in reasons)
        {
            var ids =
                reason.Count() <= 4
                    ? string.Join(", ", reason.Select(static result => result.Case.Id))
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{reason.Count()} cases of {string.Join(", ", reason.Select(static result => result.Case.Group).Distinct())}"
                    );
            console.WriteHanging($"  {GroupLines.Words(reason.Key.Outcome)}: {reason.Key.Message} ({ids})", indent: 4, Faint);
        }
    }
}
