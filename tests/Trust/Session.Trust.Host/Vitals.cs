using System.Globalization;

namespace ServerSessions.Trust.Host;

/// <summary>How much a process holds.</summary>
/// <param name="Heap">Bytes that can be reached on the managed heap.</param>
/// <param name="Handles">Open file descriptors; 0 where the system has no such list.</param>
/// <param name="Sockets">Those of them that are sockets.</param>
/// <param name="Threads">Threads, those of the runtime included.</param>
/// <param name="PoolThreads">Those of them that are the thread pool's.</param>
/// <param name="Timers">Timers that are yet to fire.</param>
public sealed record Vitals(long Heap, int Handles, int Sockets, int Threads, int PoolThreads, long Timers)
{
    /// <summary>Those of this process, after all that no one holds was collected.</summary>
    public static Vitals Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new Vitals(
            GC.GetTotalMemory(forceFullCollection: true),
            HandlesOf(process.Id).Length,
            CountSockets(process.Id),
            process.Threads.Count,
            ThreadPool.ThreadCount,
            Timer.ActiveCount
        );
    }

    /// <summary>How many sockets a process has open (Linux).</summary>
    public static int CountSockets(int process) =>
        HandlesOf(process).Count(static handle => handle.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) ?? false);

    private static FileSystemInfo[] HandlesOf(int process) =>
        new DirectoryInfo($"/proc/{process}/fd") is { Exists: true } list ? list.GetFileSystemInfos() : [];

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Heap} {Handles} {Sockets} {Threads} {PoolThreads} {Timers}");

    /// <summary>Reads what <see cref="ToLine"/> wrote.</summary>
    public static Vitals Parse(string line)
    {
        var parts = line.Split(' ').Select(static part => long.Parse(part, CultureInfo.InvariantCulture)).ToList();
        return new Vitals(parts[0], (int)parts[1], (int)parts[2], (int)parts[3], (int)parts[4], parts[5]);
    }
}
