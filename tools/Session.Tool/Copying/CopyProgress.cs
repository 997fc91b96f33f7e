using System.Diagnostics;
using System.Globalization;
using ServerSessions.Tool.Output;
using Spectre.Console;

namespace ServerSessions.Tool.Copying;

/// <summary>
/// Shows how far a pass is: a bar on a terminal, an object each second with <c>--json</c>, otherwise a line each 10 seconds on stderr.
/// </summary>
internal sealed class CopyProgress(Report report, long estimate, TimeProvider timeProvider)
{
    private static readonly TimeSpan Live = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Data = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Log = TimeSpan.FromSeconds(10);

    /// <summary>Runs a pass and shows it.</summary>
    /// <param name="phase">Its name: <c>copy</c>, <c>verify</c>.</param>
    /// <param name="done">Returns how many sessions are done.</param>
    /// <param name="before">How many of them an earlier run has done, which say nothing about the rate.</param>
    /// <param name="run">The pass.</param>
    public Task RunAsync(string phase, Func<long> done, Func<long> before, Func<Task> run)
    {
        if (!report.IsLive)
        {
            return RunAsync(report.IsJson ? Data : Log, run, status => Write(phase, status), done, before);
        }

        return report
            .Live.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 20 }, new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(phase, maxValue: Math.Max(estimate, 1));
                await RunAsync(
                    Live,
                    run,
                    status =>
                    {
                        bar.Value = Math.Min(status.Done, bar.MaxValue);
                        bar.Description = Markup.Escape(Line(phase, status));
                    },
                    done,
                    before
                );
            });
    }

    private async Task RunAsync(TimeSpan interval, Func<Task> run, Action<Status> show, Func<long> done, Func<long> before)
    {
        var started = Stopwatch.GetTimestamp();
        var running = run();
        using var timer = new PeriodicTimer(interval, timeProvider);
        var tick = timer.WaitForNextTickAsync().AsTask();
        while (await Task.WhenAny(running, tick) != running)
        {
            show(StatusNow());
            tick = timer.WaitForNextTickAsync().AsTask();
        }

        await running;

        Status StatusNow()
        {
            var (now, elapsed) = (done(), Stopwatch.GetElapsedTime(started).TotalSeconds);
            return new Status(now, (now - before()) / Math.Max(elapsed, 0.001));
        }
    }

    private void Write(string phase, Status status)
    {
        report.Data(
            new
            {
                type = "progress",
                phase,
                done = status.Done,
                estimate,
                perSecond = Math.Round(status.Rate, 1),
                secondsLeft = Left(status) is { } left ? Json.Seconds(left) : (double?)null,
            }
        );
        report.Remark(Line(phase, status));
    }

    private string Line(string phase, Status status) =>
        string.Create(CultureInfo.InvariantCulture, $"{phase} {status.Done:N0} of {estimate:N0}, {status.Rate:N0}/s")
        + (Left(status) is { } left ? $", {Words.Duration(left)} left" : "");

    private TimeSpan? Left(Status status) =>
        status.Rate > 0 ? TimeSpan.FromSeconds(Math.Min(Math.Max(estimate - status.Done, 0) / status.Rate, 86_400 * 365)) : null;

    private readonly record struct Status(long Done, double Rate);
}
