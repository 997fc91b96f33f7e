using System.Diagnostics;
using Session.Trust.Tests.Support;

namespace Session.Trust.Tests.Start;

/// <summary>Processes that all start a store on one place at the same moment, as often as they are told to.</summary>
internal sealed class StarterFleet : IAsyncDisposable
{
    /// <summary>The number of the user and of the group that own nothing.</summary>
    public const string Nobody = "65534";

    private readonly List<Process> _processes = [];

    /// <summary>Starts the processes; completes when all wait for their first order.</summary>
    /// <param name="count">How many.</param>
    /// <param name="user">The number of who they run as, where that is not who runs the tests; takes root.</param>
    public static async Task<StarterFleet> StartAsync(int count, string? user = null)
    {
        var fleet = new StarterFleet();
        for (var i = 0; i < count; i++)
        {
            fleet._processes.Add(Start(user));
        }

        foreach (var process in fleet._processes)
        {
            if (await process.StandardOutput.ReadLineAsync() != Starter.Ready)
            {
                throw new InvalidOperationException($"A starter did not start: {await process.StandardError.ReadToEndAsync()}");
            }
        }

        return fleet;
    }

    /// <summary>What setpriv takes to run a program as somebody else.</summary>
    public static string[] As(string user) => [$"--reuid={user}", $"--regid={user}", "--clear-groups", "--"];

    /// <summary>All processes start a store on this place at once, each for a session of its own.</summary>
    public async Task<IReadOnlyList<Started>> GoAsync(StorePlace place)
    {
        var sids = _processes.Select(static _ => Sessions.NewSid()).ToList();
        sids.ForEach(LeakCollector.Shared.AddSid);

        // The last has its order well within the millisecond that the first needs to begin.
        foreach (var (process, sid) in _processes.Zip(sids))
        {
            await process.StandardInput.WriteLineAsync(Starter.ToOrder(sid, place));
            await process.StandardInput.FlushAsync();
        }

        var started = new List<Started>();
        foreach (var (process, sid) in _processes.Zip(sids))
        {
            var line = await process.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException($"A starter is gone: {await process.StandardError.ReadToEndAsync()}");
            LeakCollector.Shared.Look("what a starter says", line);
            started.Add(new Started(sid, StarterAnswer.Parse(line)));
        }

        return started;
    }

    /// <summary>Tells all that there is no more to do; gives their exit codes.</summary>
    public async Task<IReadOnlyList<int>> EndAsync()
    {
        var codes = new List<int>();
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            codes.Add(process.ExitCode);
        }

        return codes;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static Process Start(string? user)
    {
        string[] command =
        [
            .. user is null ? (string[])[] : ["setpriv", .. As(user)],
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "Session.Trust.Host.dll"), Starter.Argument,
        ];
        return Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}

/// <summary>A session that a process was told to store when it started, and how that went.</summary>
internal sealed record Started(string Sid, StarterAnswer Answer)
{
    /// <summary>The most of these that were under way at one moment.</summary>
    public static int MostAtOnce(IReadOnlyCollection<Started> all) =>
        all.Max(one => all.Count(other => other.Answer.Began <= one.Answer.Began && one.Answer.Began < other.Answer.Ended));
}
