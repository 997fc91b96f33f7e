using System.CommandLine;
using ServerSessions.Stores;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Commands;

/// <summary><c>prune</c>: removes expired sessions that no application has removed.</summary>
internal static class PruneCommand
{
    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "The most sessions of one step.",
        HelpName = "N",
        DefaultValueFactory = static _ => 1000,
    };

    public static Command Create() => new Command("prune", "Remove sessions that have expired.").Runs(RunAsync, Batch, Confirmation.DryRun);

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var (report, batch) = (invocation.Report, invocation.Get(Batch));
        if (batch < 1)
        {
            throw new ToolException("--batch must be 1 or more.");
        }

        var store = await invocation.OpenAsync();
        if (invocation.Get(Confirmation.DryRun))
        {
            return await CountAsync(store.Store, report, invocation.Token);
        }

        if (store.Store is not IPrunableSessionStore prunable)
        {
            report.Data(new { pruned = 0, prunesItself = true });
            report.Line($"{store.Store.Backend} removes expired sessions by itself. There is nothing to do.");
            return ExitCodes.Success;
        }

        var removed = 0L;
        int last;
        do
        {
            last = await prunable.PruneAsync(batch, invocation.Token);
            removed += last;
        } while (last == batch);

        report.Data(new { pruned = removed });
        report.Line($"removed {Words.Count(removed, "expired session")}");
        return ExitCodes.Success;
    }

    private static async Task<int> CountAsync(ISessionStore store, Report report, CancellationToken token)
    {
        var checks = store is IDiagnosableSessionStore diagnosable ? await diagnosable.DiagnoseAsync(token) : [];
        var expired = checks.FirstOrDefault(static check => check is { Group: StoreCheckGroup.Tidy, Count: not null });
        report.Data(new { pruned = 0, wouldPrune = expired?.Count });
        report.Line(
            expired?.Count is { } count
                ? $"would remove {Words.Count(count, "expired session")}"
                : $"the {store.Backend} store does not tell how many sessions have expired"
        );
        return ExitCodes.Success;
    }
}
