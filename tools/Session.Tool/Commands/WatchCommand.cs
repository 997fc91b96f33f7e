using System.CommandLine;
using System.Globalization;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Commands;

/// <summary><c>watch</c>: the number of sessions again and again, until Ctrl-C. An outage is a line too.</summary>
internal static class WatchCommand
{
    private static readonly Option<double> Interval = new("--interval", "-i")
    {
        Description = "Seconds between two counts.",
        HelpName = "SECONDS",
        DefaultValueFactory = static _ => 2,
    };

    private static readonly Option<int> Times = new("--times", "-n") { Description = "Stop after this many counts.", HelpName = "N" };

    public static Command Create() =>
        new Command("watch", "Count the sessions again and again. Ctrl-C ends it.").Runs(RunAsync, Interval, Times);

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var (report, times) = (invocation.Report, invocation.Get(Times));
        if (invocation.Get(Interval) is not (var seconds and >= 0.1 and <= 86_400))
        {
            throw new ToolException("--interval must be 0.1 to 86,400 seconds.");
        }

        var store = await invocation.OpenAsync();
        var sessions = store.Enumerable;
        report.Line($"{"TIME",-23}  {"SESSIONS",12}  {"CHANGE",10}", Report.Strong);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        long? last = null;
        try
        {
            for (var done = 1; ; done++)
            {
                last = await CountAsync(sessions, last, report, invocation.Token);
                if (done == times)
                {
                    return ExitCodes.Success;
                }

                await timer.WaitForNextTickAsync(invocation.Token);
            }
        }
        catch (OperationCanceledException) when (invocation.Token.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
    }

    private static async Task<long?> CountAsync(IEnumerableSessionStore store, long? last, Report report, CancellationToken token)
    {
        var time = TimeProvider.System.GetUtcNow();
        try
        {
            var count = await store.LengthAsync(token);
            var change = last is { } before ? count - before : (long?)null;
            report.Data(
                new
                {
                    time,
                    count,
                    change,
                }
            );
            var signed = change?.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);
            report.Line(
                $"{Words.Utc(time)}  {Words.Number(count),12}  {signed,10}".TrimEnd(),
                change switch
                {
                    > 0 => Report.Good,
                    < 0 => Report.Weak,
                    _ => Report.Plain,
                }
            );
            return count;
        }
        catch (SessionStoreException error)
        {
            report.Data(new { time, error = error.Message });
            report.Line($"{Words.Utc(time)}  {error.Message}", Report.Bad, indent: 25);
            return last;
        }
    }
}
