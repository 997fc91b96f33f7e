using System.CommandLine;
using ServerSessions.Stores;
using ServerSessions.Tool.Checks;

namespace ServerSessions.Tool.Commands;

/// <summary><c>doctor</c>: connects, examines, and says what to do.</summary>
internal static class DoctorCommand
{
    private static readonly Argument<string?> Url = new("url")
    {
        Description = "The store's URL or @FILE. Default: --store, then SESSION_STORE.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> ReadOnly = new("--read-only") { Description = "Write no session of its own." };

    public static Command Create() =>
        new Command("doctor", "Connect to a store, examine it, and say what to do.").Runs(RunAsync, Url, ReadOnly);

    private static async Task<int> RunAsync(Invocation invocation)
    {
        // The checks say what the store would log.
        var store = invocation.Create(invocation.Address(invocation.Get(Url)), warnings: null);
        var checks = await new Doctor(store, invocation.Get(ReadOnly)).RunAsync(invocation.Token);
        DoctorView.Show(invocation.Report, store, checks);
        return checks is [{ Name: "open", Outcome: StoreCheckOutcome.Failed }] ? ExitCodes.Unusable
            : checks.Any(static check => check.Outcome == StoreCheckOutcome.Failed) ? ExitCodes.No
            : ExitCodes.Success;
    }
}
