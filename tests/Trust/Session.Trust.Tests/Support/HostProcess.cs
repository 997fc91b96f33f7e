using System.Diagnostics;
using System.Globalization;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>A process of hosts, one on each place that it is given.</summary>
internal sealed class HostProcess
{
    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    /// <summary>Starts it with a host on each place; <see cref="AddressesAsync"/> says when it is there.</summary>
    /// <param name="places">The places.</param>
    /// <param name="mostThreads">How many threads its pool may have; null: as many as it likes.</param>
    public static HostProcess Start(IEnumerable<StorePlace> places, int? mostThreads = null)
    {
        string[] limit = mostThreads is { } most ? [HostGroup.ThreadsArgument, most.ToString(CultureInfo.InvariantCulture)] : [];
        return new HostProcess(HostProgram.Start([.. limit, .. places.Select(static place => place.ToArgument())]));
    }

    /// <summary>Where the hosts listen, in the order of the places. Asked once.</summary>
    public async Task<IReadOnlyList<Uri>> AddressesAsync() =>
        [.. (await HostProgram.ReadLineAsync(_process)).Split(' ').Select(static address => new Uri(address))];

    /// <summary>How many sockets it has open (Linux).</summary>
    public int CountSockets() => Vitals.CountSockets(_process.Id);

    /// <summary>How many threads it has.</summary>
    public int CountThreads()
    {
        _process.Refresh();
        return _process.Threads.Count;
    }

    /// <summary>
    /// Has each store prune once; how many each removed, in the order of the places. Nothing where the process has been killed.
    /// </summary>
    public async Task<IReadOnlyList<int>?> PruneAsync(int batch)
    {
        try
        {
            var removed = await AskAsync(string.Create(CultureInfo.InvariantCulture, $"prune {batch}"));
            return removed?.Split(' ').Select(static count => int.Parse(count, CultureInfo.InvariantCulture)).ToList();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Kills it, in the midst of its work (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits until it is gone that was killed.</summary>
    public async Task GoneAsync()
    {
        await _process.WaitForExitAsync().WithinBoundAsync("the end of a host that was killed");
        _process.Dispose();
    }

    /// <summary>Ends it; gives its report on leaks.</summary>
    public async Task<string> EndAsync()
    {
        var report = await AskAsync("leaks");
        report ??= $"The host ended with {_process.ExitCode}: {await _process.StandardError.ReadToEndAsync()}";
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WithinBoundAsync("the end of a host that was told to end");
        _process.Dispose();
        return report;
    }

    private async Task<string?> AskAsync(string question)
    {
        await _process.StandardInput.WriteLineAsync(question);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync().WithinBoundAsync($"what a host says to '{question}'");
    }
}
