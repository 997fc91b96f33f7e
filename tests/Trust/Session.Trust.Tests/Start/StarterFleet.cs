using System.Diagnostics;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Start;

/// <summary>Processes that all start a store on one place at the same moment, as often as they are told to.</summary>
internal sealed class StarterFleet : IAsyncDisposable
{
    private readonly List<Process> _processes = [];

    /// <summary>Starts the processes; completes when all wait for their first order.</summary>
    /// <param name="count">How many.</param>
    /// <param name="user">The number of who they run as, if that is not who runs the tests; takes root.</param>
    public static async Task<StarterFleet> StartAsync(int count, string? user = null)
    {
        var fleet = new StarterFleet();
        fleet._processes.AddRange(Enumerable.Range(0, count).Select(_ => HostProgram.Start([Starter.Argument], user)));
        foreach (var process in fleet._processes)
        {
            Assert.Equal(Starter.Ready, await HostProgram.ReadLineAsync(process));
        }

        return fleet;
    }

    /// <summary>All processes start a store on this place at once, each for a session of its own.</summary>
    public async Task<IReadOnlyList<Started>> GoAsync(StorePlace place)
    {
        var sids = _processes.Select(static _ => Sessions.NewSid()).ToList();
        sids.ForEach(static sid => LeakCollector.Shared.AddSid(sid));
        foreach (var (process, sid) in _processes.Zip(sids))
        {
            await process.StandardInput.WriteLineAsync(Starter.ToOrder(sid, place));
            await process.StandardInput.FlushAsync();
        }

        var started = new List<Started>();
        foreach (var (process, sid) in _processes.Zip(sids))
        {
            var line = await HostProgram.ReadLineAsync(process);
            LeakCollector.Shared.Look("what a starter says", line);
            started.Add(new Started(sid, StarterAnswer.Parse(line)));
        }

        return started;
    }

    /// <summary>Tells all that there is no more to do; none fails as it ends.</summary>
    public async Task EndAsync()
    {
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync().WithinBoundAsync("the end of a starter");
            Assert.Equal(0, process.ExitCode);
        }
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
}

/// <summary>A session that a process was told to store when it started, and how that went.</summary>
internal sealed record Started(string Sid, StarterAnswer Answer)
{
    /// <summary>The most of these that were under way at one moment.</summary>
    public static int MostAtOnce(IReadOnlyCollection<Started> all) =>
        all.Max(one => all.Count(other => other.Answer.Began <= one.Answer.Began && one.Answer.Began < other.Answer.Ended));
}
