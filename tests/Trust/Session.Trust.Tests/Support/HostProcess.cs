using System.Diagnostics;

namespace Session.Trust.Tests.Support;

/// <summary>The program of the hosts, as a process of its own.</summary>
internal sealed class HostProcess
{
    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    /// <summary>Starts it with a host on each place; <see cref="AddressesAsync"/> says when it is there.</summary>
    public static HostProcess Start(IEnumerable<StorePlace> places)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Session.Trust.Host.dll");
        return new HostProcess(Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. places.Select(static place => place.ToArgument())])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>Where the hosts listen, in the order of the places. Asked once.</summary>
    public async Task<IReadOnlyList<Uri>> AddressesAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The host did not start: {await _process.StandardError.ReadToEndAsync()}");
        return [.. line.Split(' ').Select(static address => new Uri(address))];
    }

    /// <summary>How many sockets it has open (Linux).</summary>
    public int CountSockets() => new DirectoryInfo($"/proc/{_process.Id}/fd").EnumerateFileSystemInfos()
        .Count(static file => file.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) ?? false);

    /// <summary>How many threads it has.</summary>
    public int CountThreads()
    {
        _process.Refresh();
        return _process.Threads.Count;
    }

    /// <summary>Ends it; gives its report on leaks.</summary>
    public async Task<string> EndAsync()
    {
        await _process.StandardInput.WriteLineAsync("leaks");
        await _process.StandardInput.FlushAsync();
        var report = await _process.StandardOutput.ReadLineAsync();
        report ??= $"The host ended with {_process.ExitCode}: {await _process.StandardError.ReadToEndAsync()}";
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        return report;
    }
}
