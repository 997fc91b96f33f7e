using System.CommandLine;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Commands;

/// <summary><c>clear</c>: removes every session, once the store's name was typed.</summary>
internal static class ClearCommand
{
    public static Command Create() =>
        new Command("clear", "Remove every session. Asks for the store's name.").Runs(RunAsync, Confirmation.Yes, Confirmation.DryRun);

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var report = invocation.Report;
        var store = await invocation.OpenAsync();
        var count = await store.Enumerable.LengthAsync(invocation.Token);
        if (invocation.Get(Confirmation.DryRun))
        {
            report.Data(
                new
                {
                    store = store.Address.Shown,
                    cleared = 0,
                    wouldClear = count,
                }
            );
            report.Line($"would remove {Words.Count(count, "session")} of {store.Address.Shown}");
            return ExitCodes.Success;
        }

        await Confirmation.AskToTypeAsync(
            invocation,
            $"This signs out {Words.Count(count, "session")} of {store.Address.Shown}.",
            store.Address.Name
        );
        await store.Enumerable.ClearAsync(invocation.Token);
        report.Data(new { store = store.Address.Shown, cleared = count });
        report.Line($"removed {Words.Count(count, "session")}");
        return ExitCodes.Success;
    }
}
