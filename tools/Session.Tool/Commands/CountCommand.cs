using System.CommandLine;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Commands;

/// <summary><c>count</c>: the number of live sessions.</summary>
internal static class CountCommand
{
    public static Command Create() => new Command("count", "Count the sessions that have not expired.").Runs(RunAsync);

    private static async Task<int> RunAsync(Invocation invocation)
    {
        var store = await invocation.OpenAsync();
        var count = await store.Enumerable.LengthAsync(invocation.Token);
        invocation.Report.Data(
            new
            {
                store = store.Address.Shown,
                backend = store.Store.Backend,
                count,
            }
        );
        invocation.Report.Line(count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return ExitCodes.Success;
    }
}
